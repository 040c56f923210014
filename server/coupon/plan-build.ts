/**
 * Planning how an event's gate is built again: seats = rows, parked seats, and what the gate still holds and
 * these do not contradict. Only differences are written, never a delete of everything (history 5).
 *
 * Dropping a contradicting entry is safe: after the drain, every seat that somebody was told has its row or its
 * parked record. So is giving back a seat that has neither, when an operator has discarded its record.
 */
import { PUT_CHUNK_MAX } from "./limits.ts";
import type { GateContent, PutChunk } from "./ports.ts";
import { type GateSeat, type Seat, seatKey } from "./seat.ts";

export type BuildPlan = {
  chunks: PutChunk[];
  /** highest rank handed out */
  next: number;
  /** seats of the gate that contradicted a row, a parked seat or the limit */
  dropped: Seat[];
  /** seats that only the gate held, and whose record was discarded */
  freed: Seat[];
  /** seats without a row, which are in pending afterwards */
  survivors: number;
};

export function planBuild(known: {
  content: GateContent;
  rows: readonly Seat[];
  parked: readonly Seat[];
  discarded: readonly Seat[];
  limit: number;
}): BuildPlan {
  const { content, rows, parked, discarded, limit } = known;
  const seats = new SeatTable();
  for (const row of rows) seats.add({ ...row, pending: false });
  for (const seat of parked) seats.add({ ...seat, pending: true });

  const dropped: Seat[] = [];
  const freed = new Map<string, Seat>();
  const givenUp = new Set(discarded.map(seatKey));
  for (const seat of [...content.users, ...content.pending]) {
    const standing = seats.byUser.get(seat.userId);
    if (standing?.rank === seat.rank) continue;
    if (givenUp.has(seatKey(seat))) {
      freed.set(seatKey(seat), seat);
      continue;
    }
    const possible = seat.rank >= 1 && seat.rank <= limit && !standing && !seats.ranks.has(seat.rank);
    if (possible) seats.add({ ...seat, pending: true });
    else dropped.push(seat);
  }
  const next = seats.highestRank();
  const survivors = [...seats.byUser.values()].filter((seat) => seat.pending).length;
  const chunks = chunksOf(content, seats, Math.min(next, limit));
  return { chunks, next, dropped, freed: [...freed.values()], survivors };
}

/** Seats by user and by rank; the first to come keeps the place. */
class SeatTable {
  readonly byUser = new Map<string, GateSeat>();
  readonly ranks = new Set<number>();

  add(seat: GateSeat): void {
    if (this.byUser.has(seat.userId) || this.ranks.has(seat.rank)) return;
    this.byUser.set(seat.userId, seat);
    this.ranks.add(seat.rank);
  }

  highestRank(): number {
    let highest = 0;
    for (const rank of this.ranks) if (rank > highest) highest = rank;
    return highest;
  }
}

function chunksOf(content: GateContent, seats: SeatTable, freeUpTo: number): PutChunk[] {
  const writer = new ChunkWriter();
  const users = new Map(content.users.map((seat) => [seat.userId, seat]));
  const pending = new Map(content.pending.map((seat) => [seat.userId, seat]));

  // Removals first: a rank is never held by two users in between.
  for (const userId of content.malformedUsers)
    if (!seats.byUser.has(userId)) writer.add("removeUsers", userId);
  for (const userId of users.keys()) if (!seats.byUser.has(userId)) writer.add("removeUsers", userId);
  for (const userId of [...content.malformedPending, ...pending.keys()])
    if (seats.byUser.get(userId)?.pending !== true) writer.add("removePending", userId);

  for (const seat of seats.byUser.values()) {
    const same = sameEntry(users.get(seat.userId), seat);
    const samePending = seat.pending ? sameEntry(pending.get(seat.userId), seat) : true;
    if (!same || !samePending) writer.add("seats", seat);
  }
  for (let rank = 1; rank <= freeUpTo; rank += 1) if (!seats.ranks.has(rank)) writer.add("freeRanks", rank);
  return writer.chunks;
}

function sameEntry(entry: Seat | undefined, seat: Seat): boolean {
  return entry?.rank === seat.rank && entry.claimedAtMs === seat.claimedAtMs;
}

type ChunkLists = Omit<PutChunk, "clearFree">;

/** Fills chunks of bounded size. The first one empties the free set, and exists even when nothing differs. */
class ChunkWriter {
  readonly chunks: PutChunk[] = [emptyChunk(true)];
  private size = 0;

  add<K extends keyof ChunkLists>(list: K, entry: ChunkLists[K][number]): void {
    if (this.size === PUT_CHUNK_MAX) {
      this.chunks.push(emptyChunk(false));
      this.size = 0;
    }
    const chunk = this.chunks.at(-1) as PutChunk;
    (chunk[list] as ChunkLists[K][number][]).push(entry);
    this.size += 1;
  }
}

function emptyChunk(clearFree: boolean): PutChunk {
  return { seats: [], removeUsers: [], removePending: [], freeRanks: [], clearFree };
}
