/** The claim side of the gate: who is in, and which seats need no further care. */
import { CLAIM_BATCH_MAX, type ClaimDecision, type ClaimGate, type Fenced } from "#server/coupon/ports";
import type { RedisClient } from "./client.ts";
import { checkUsers, runScript } from "./run-script.ts";

/** The codes of claim.lua. */
const NEW = 1;
const REPEAT = 2;
const REPEAT_PENDING = 3;
const SOLD_OUT = 4;
const NOT_OPEN = 5;
const CLOSED = 6;
const PAUSED = 7;

const HEAD = 3;
const WIDTH = 3;

type ClaimReply = { nowMs: number; issueLimit: number; decisions: ClaimDecision[] };

/** Claims and confirms, each one script call. */
export function claimGate(client: RedisClient): ClaimGate {
  return {
    async claim({ epoch, eventId, userIds }) {
      checkUsers(userIds, CLAIM_BATCH_MAX);
      const answer = await runScript<number[]>(client, { script: "claim", epoch, eventId, args: userIds });
      return answer.fenced ? answer : { fenced: false, value: decodeClaims(answer.value, userIds) };
    },

    async confirm({ epoch, eventId, seats }): Promise<Fenced<{ removed: number }>> {
      checkUsers(
        seats.map((seat) => seat.userId),
        CLAIM_BATCH_MAX,
      );
      const args = seats.flatMap((seat) => [seat.userId, seat.rank]);
      const answer = await runScript<number>(client, { script: "confirm", epoch, eventId, args });
      return answer.fenced ? answer : { fenced: false, value: { removed: answer.value } };
    },
  };
}

function decodeClaims(reply: number[], userIds: readonly string[]): ClaimReply {
  const [nowMs = 0, issueLimit = 0, opensAtMs = 0] = reply;
  const decisions = userIds.map((userId, index): ClaimDecision => {
    const at = HEAD + index * WIDTH;
    const [code, rank = 0, claimedAtMs = 0] = [reply[at], reply[at + 1], reply[at + 2]];
    switch (code) {
      case NEW:
      case REPEAT:
      case REPEAT_PENDING:
        return {
          decision: "seated",
          userId,
          rank,
          claimedAtMs,
          pending: code !== REPEAT,
          isNew: code === NEW,
        };
      case SOLD_OUT:
        return { decision: "sold_out" };
      case NOT_OPEN:
        return { decision: "not_open", opensAtMs };
      case CLOSED:
        return { decision: "closed" };
      case PAUSED:
        return { decision: "paused" };
      default:
        throw new Error(`claim.lua answered ${code} for user ${index} of ${userIds.length}`);
    }
  });
  return { nowMs, issueLimit, decisions };
}
