/** Listing every seat of an event, page by page, for reconciliation. */
import type { SeatLister } from "#server/coupon/ports";
import type { GateSeat } from "#server/coupon/seat";
import type { RedisClient } from "./client.ts";
import { parseSeat } from "./keys.ts";
import { runScript } from "./run-script.ts";

/** Entries that one call of seats.lua looks at: about a millisecond of Redis's time. */
const SEATS_PAGE_MAX = 1000;
const WIDTH = 4;

/** By fenced scripts only, like every read of the gate (history 22). */
export function seatLister(client: RedisClient): SeatLister {
  return {
    async allSeats({ epoch, eventId }) {
      // By user, since a scan may list an entry twice while the hash is being resized.
      const seats = new Map<string, GateSeat>();
      const malformed = new Set<string>();
      let cursor = "0";
      do {
        const args = [cursor, SEATS_PAGE_MAX];
        const answer = await runScript<(string | number)[]>(client, {
          script: "seats",
          epoch,
          eventId,
          args,
        });
        if (answer.fenced) return answer;
        const [nextCursor, ...entries] = answer.value;
        for (let i = 0; i < entries.length; i += WIDTH) {
          const [userId, rank, claimedAtMs, pending] = entries.slice(i, i + WIDTH);
          const seat = parseSeat(String(userId), `${rank}|${claimedAtMs}`);
          if (seat) seats.set(seat.userId, { ...seat, pending: pending === 1 });
          else malformed.add(String(userId));
        }
        cursor = String(nextCursor);
      } while (cursor !== "0");
      return { fenced: false, value: { seats: [...seats.values()], malformed: [...malformed] } };
    },
  };
}
