/** The guardian's side of the gate: the script cache, and building an event's gate again under a new epoch. */
import type { Redis } from "ioredis";
import type { Fenced, GateBuilder, PutChunk } from "#server/coupon/ports";
import type { Seat } from "#server/coupon/seat";
import type { RedisConnection } from "./client.ts";
import { settingsArguments } from "./gate-configurer.ts";
import { encodeSeat, parseSeat } from "./keys.ts";
import { runScript } from "./run-script.ts";
import { scriptNames, scriptsOf } from "./scripts.ts";

/** Entries that one call of content.lua reads: bounds the time in which nobody else is served. */
const CONTENT_PAGE_MAX = 2000;
/** One chunk's arguments have to fit on the Lua stack (8,000), and be over in a few milliseconds. */
const PUT_ENTRIES_MAX = 1000;

/** Scripts are loaded and flushed on masters only: a replica that is promoted must not know any. */
export function gateBuilder({ client, masters }: RedisConnection): GateBuilder {
  async function onEveryMaster<T>(ask: (master: Redis) => Promise<T>): Promise<T[]> {
    return Promise.all((await masters()).map(ask));
  }

  async function readHash(
    hash: "users" | "pending",
    call: { epoch: number; eventId: number },
  ): Promise<Fenced<{ seats: Seat[]; malformed: string[] }>> {
    // By user, since a scan may list an entry twice while the hash is being resized.
    const entries = new Map<string, string>();
    let cursor = "0";
    do {
      const args = [hash, cursor, CONTENT_PAGE_MAX];
      const answer = await runScript<string[]>(client, { script: "content", ...call, args });
      if (answer.fenced) return answer;
      const [nextCursor = "0", ...page] = answer.value;
      for (let i = 0; i < page.length; i += 2) entries.set(page[i] ?? "", page[i + 1] ?? "");
      cursor = nextCursor;
    } while (cursor !== "0");
    return { fenced: false, value: sortOut(entries) };
  }

  return {
    async scriptsLoaded(epoch) {
      const shas = Object.values(scriptsOf(epoch)).map((script) => script.sha);
      const known = await onEveryMaster((master) => master.script("EXISTS", ...shas));
      return known.every((answers) => (answers as number[]).every((answer) => answer === 1));
    },

    async flushScripts() {
      await onEveryMaster((master) => master.script("FLUSH", "SYNC"));
    },

    async loadScripts(epoch) {
      const scripts = scriptsOf(epoch);
      await onEveryMaster(async (master) => {
        for (const name of scriptNames) {
          const sha = await master.script("LOAD", scripts[name].text);
          if (sha !== scripts[name].sha)
            throw new Error(`Redis gave ${name}.lua of epoch ${epoch} the SHA ${sha}`);
        }
      });
    },

    begin: ({ epoch, eventId, firstOpening }) =>
      runScript(client, { script: "begin", epoch, eventId, args: [firstOpening ? "first" : "again"] }),

    async content(call) {
      const users = await readHash("users", call);
      if (users.fenced) return users;
      const pending = await readHash("pending", call);
      if (pending.fenced) return pending;
      return {
        fenced: false,
        value: {
          users: users.value.seats,
          pending: pending.value.seats,
          malformedUsers: users.value.malformed,
          malformedPending: pending.value.malformed,
        },
      };
    },

    put: async ({ epoch, eventId, chunk }) =>
      runScript(client, { script: "put", epoch, eventId, args: putArguments(chunk) }),

    open: ({ epoch, eventId, settings, next }) =>
      runScript(client, { script: "open", epoch, eventId, args: [...settingsArguments(settings), next] }),
  };
}

function sortOut(entries: Map<string, string>): { seats: Seat[]; malformed: string[] } {
  const seats: Seat[] = [];
  const malformed: string[] = [];
  for (const [userId, entry] of entries) {
    const seat = parseSeat(userId, entry);
    if (seat) seats.push(seat);
    else malformed.push(userId);
  }
  return { seats, malformed };
}

/** The arguments of put.lua. */
function putArguments(chunk: PutChunk): (string | number)[] {
  const { removeUsers, removePending, freeRanks, seats } = chunk;
  const entries = removeUsers.length + removePending.length + freeRanks.length + seats.length;
  if (entries > PUT_ENTRIES_MAX)
    throw new RangeError(`${entries} entries in one chunk, at most ${PUT_ENTRIES_MAX}`);
  const lists = [removeUsers, removePending, freeRanks].flatMap((list) => [list.length, ...list]);
  const seatFields = seats.flatMap((seat) => [
    seat.userId,
    encodeSeat(seat),
    seat.pending ? "pending" : "logged",
  ]);
  return [chunk.clearFree ? "clear" : "keep", ...lists, seats.length, ...seatFields];
}
