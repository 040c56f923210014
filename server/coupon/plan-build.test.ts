/** The plan of a rebuild, against any content that a gate may hold. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PUT_CHUNK_MAX } from "./limits.ts";
import { planBuild } from "./plan-build.ts";
import type { GateContent, PutChunk } from "./ports.ts";
import type { Seat } from "./seat.ts";

const LIMIT = 12;
const seat = fc.record({
  userId: fc.constantFrom("a", "b", "c", "d", "e", "f", "g"),
  rank: fc.integer({ min: 1, max: LIMIT + 2 }),
  claimedAtMs: fc.integer({ min: 1, max: 3 }),
});
const oneSeatEach = fc.uniqueArray(seat, { selector: ({ userId }) => userId, maxLength: 7 });
const rowsOnly = fc
  .uniqueArray(seat, { selector: ({ userId }) => userId, maxLength: 7 })
  .map((seats) => uniqueRanks(seats).filter(({ rank }) => rank <= LIMIT));

function uniqueRanks(seats: Seat[]): Seat[] {
  return [...new Map(seats.map((entry) => [entry.rank, entry])).values()];
}

/** What the gate holds after the chunks, applied as `put` applies them. */
function apply(content: GateContent, chunks: PutChunk[]) {
  const users = new Map(content.users.map((entry) => [entry.userId, entry]));
  const pending = new Map(content.pending.map((entry) => [entry.userId, entry]));
  const free = new Set<number>();
  for (const chunk of chunks) {
    for (const userId of chunk.removeUsers) users.delete(userId);
    for (const userId of chunk.removePending) pending.delete(userId);
    for (const entry of chunk.seats) {
      users.set(entry.userId, entry);
      if (entry.pending) pending.set(entry.userId, entry);
    }
    for (const rank of chunk.freeRanks) free.add(rank);
  }
  return { users, pending, free };
}

describe("planning a rebuild", () => {
  it("keeps every row, gives no rank twice, and fills the ranks up to next, whatever the gate held", () => {
    fc.assert(
      fc.property(oneSeatEach, oneSeatEach, rowsOnly, (users, pending, rows) => {
        const content = { users, pending, malformedUsers: ["broken"], malformedPending: [] };
        const plan = planBuild({ content, rows, parked: [], discarded: [], limit: LIMIT });
        const gate = apply(content, plan.chunks);
        for (const row of rows) {
          expect(gate.users.get(row.userId)).toMatchObject({ rank: row.rank, claimedAtMs: row.claimedAtMs });
          expect(gate.pending.has(row.userId)).toBe(false);
        }
        const ranks = [...gate.users.values()].map(({ rank }) => rank);
        expect(new Set(ranks).size).toBe(ranks.length);
        expect(Math.max(0, ...ranks)).toBe(plan.next);
        expect(gate.users.size + gate.free.size).toBe(plan.next);
        const withRow = new Set(rows.map(({ userId }) => userId));
        for (const userId of gate.users.keys()) expect(gate.pending.has(userId)).toBe(!withRow.has(userId));
      }),
    );
  });

  it("keeps a seat that only the gate knows, and drops one that contradicts a row", () => {
    const rows = [{ userId: "kim", rank: 1, claimedAtMs: 1 }];
    const users = [
      { userId: "lee", rank: 2, claimedAtMs: 2 },
      { userId: "thief", rank: 1, claimedAtMs: 3 },
    ];
    const content = { users, pending: [], malformedUsers: [], malformedPending: [] };
    const plan = planBuild({ content, rows, parked: [], discarded: [], limit: LIMIT });
    expect(plan.dropped.map(({ userId }) => userId)).toEqual(["thief"]);
    expect([...apply(content, plan.chunks).pending.keys()]).toEqual(["lee"]);
  });

  it("gives a discarded seat back that only the gate holds, and keeps one with a row or a parked copy", () => {
    const users = ["kim", "lee", "choi"].map((userId, index) => ({
      userId,
      rank: index + 1,
      claimedAtMs: 1,
    }));
    const [kim, lee, choi] = users as [Seat, Seat, Seat];
    const content = { users, pending: [kim], malformedUsers: [], malformedPending: [] };
    const known = { content, rows: [choi], parked: [lee], discarded: users, limit: LIMIT };
    const plan = planBuild(known);
    expect(plan.freed).toEqual([kim]);
    expect(plan.dropped).toEqual([]);
    const gate = apply(content, plan.chunks);
    expect([...gate.users.keys()]).toEqual(["lee", "choi"]);
    expect([...gate.free]).toEqual([1]);
  });

  it("keeps the seat that a user got after another one of theirs was discarded", () => {
    const users = [{ userId: "kim", rank: 2, claimedAtMs: 2 }];
    const content = { users, pending: [], malformedUsers: [], malformedPending: [] };
    const discarded = [{ userId: "kim", rank: 1, claimedAtMs: 1 }];
    const plan = planBuild({ content, rows: [], parked: [], discarded, limit: LIMIT });
    expect(plan.freed).toEqual([]);
    expect(plan.next).toBe(2);
  });

  it("writes nothing for an event that the gate holds as it should be", () => {
    const users = [{ userId: "kim", rank: 1, claimedAtMs: 1 }];
    const content = { users, pending: [], malformedUsers: [], malformedPending: [] };
    const plan = planBuild({ content, rows: users, parked: [], discarded: [], limit: LIMIT });
    expect(plan.chunks).toEqual([
      { seats: [], removeUsers: [], removePending: [], freeRanks: [], clearFree: true },
    ]);
  });

  it("never puts more than one chunk's worth into a script call", () => {
    const rows = Array.from({ length: 2500 }, (_, index) => ({
      userId: `u${index}`,
      rank: index + 1,
      claimedAtMs: 1,
    }));
    const content = { users: [], pending: [], malformedUsers: [], malformedPending: [] };
    const { chunks } = planBuild({ content, rows, parked: [], discarded: [], limit: 3000 });
    expect(chunks.map((chunk) => chunk.seats.length)).toEqual([PUT_CHUNK_MAX, PUT_CHUNK_MAX, 500]);
  });
});
