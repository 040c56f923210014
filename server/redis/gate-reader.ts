/** The reading side of the gate: an event's status with some users' seats, and the outbox. */
import type { EventStatus } from "#server/coupon/coupon-event";
import { CLAIM_BATCH_MAX, type GateReader, type GateStatus } from "#server/coupon/ports";
import type { GateSeat, Seat } from "#server/coupon/seat";
import type { RedisClient } from "./client.ts";
import { checkUsers, runScript } from "./run-script.ts";

/** Entries that one call of pending.lua looks at: about a millisecond of Redis's time. */
const PENDING_PAGE_MAX = 1000;

const HEAD = 12;
const WIDTH = 3;

type StatusReply = [
  nowMs: number,
  version: number,
  limit: number,
  opensAtMs: number,
  closesAtMs: string,
  status: string,
  claimLimit: number,
  limitEffectiveInMs: number,
  next: number,
  free: number,
  pending: number,
  holders: number,
  ...seats: number[],
];

/** Status and outbox, by fenced scripts only: a plain HGET could read data that Redis has rewound (history 22). */
export function gateReader(client: RedisClient): GateReader {
  return {
    async status({ epoch, eventId, userIds }) {
      checkUsers(userIds, CLAIM_BATCH_MAX);
      const answer = await runScript<StatusReply>(client, {
        script: "status",
        epoch,
        eventId,
        args: userIds,
      });
      if (answer.fenced) return answer;
      const seats = decodeSeats(answer.value.slice(HEAD) as number[], userIds);
      return { fenced: false, value: { ...decodeStatus(answer.value), seats } };
    },

    async pendingSeats({ epoch, eventId, olderThanMs, limit }) {
      // By user, since a scan may list an entry twice while the hash is being resized.
      const found = new Map<string, Seat>();
      let cursor = "0";
      do {
        const args = [cursor, olderThanMs, PENDING_PAGE_MAX];
        const answer = await runScript<(string | number)[]>(client, {
          script: "pending",
          epoch,
          eventId,
          args,
        });
        if (answer.fenced) return answer;
        const [nextCursor, ...entries] = answer.value;
        for (const seat of decodePending(entries)) found.set(seat.userId, seat);
        cursor = String(nextCursor);
      } while (cursor !== "0" && found.size < limit);
      return { fenced: false, value: [...found.values()].slice(0, limit) };
    },
  };
}

function decodeStatus(reply: StatusReply): GateStatus {
  const [nowMs, version, limit, opensAtMs, closesAt, status, claimLimit, limitEffectiveInMs, next, free] =
    reply;
  const [pending, holders] = [reply[10], reply[11]];
  const closesAtMs = closesAt === "" ? null : Number(closesAt);
  return {
    nowMs,
    settings: { version, limit, opensAtMs, closesAtMs, status: status as EventStatus },
    claimLimit,
    limitEffectiveInMs,
    next,
    free,
    pending,
    remaining: limit - holders,
  };
}

function decodeSeats(reply: number[], userIds: readonly string[]): (GateSeat | null)[] {
  return userIds.map((userId, index) => {
    const [rank = 0, claimedAtMs = 0, pending] = reply.slice(index * WIDTH, (index + 1) * WIDTH);
    return rank === 0 ? null : { userId, rank, claimedAtMs, pending: pending === 1 };
  });
}

function decodePending(entries: (string | number)[]): Seat[] {
  const seats: Seat[] = [];
  for (let i = 0; i < entries.length; i += WIDTH) {
    const [userId, rank, claimedAtMs] = entries.slice(i, i + WIDTH);
    seats.push({ userId: String(userId), rank: Number(rank), claimedAtMs: Number(claimedAtMs) });
  }
  return seats;
}
