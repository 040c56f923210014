/**
 * The book of promises: everything anybody was told, and what it obliges us to. Whatever contradicts it ends the
 * history at once, with the name of the promise.
 */
import type { ClaimOutcome, ClaimStatus } from "../claim-outcome.ts";
import type { CouponRow, FailedEvent, IssueConflict } from "../ports.ts";
import type { Evidence } from "./evidence.ts";
import type { Trace } from "./trace.ts";

export type PromiseName = "G1" | "G2" | "G3" | "G4" | "G5" | "G6" | "G7" | "L1" | "L2" | "L3";
export type Broken = { promise: PromiseName; sentence: string; atMs: number };

export type Told = {
  eventId: number;
  userId: string;
  web: string;
  question: "claim" | "status";
  /** when the question was asked */
  sinceMs: number;
  /** whether the user's row was committed by then */
  hadRow: boolean;
  /** Whether the user has not claimed there again since then. */
  isLatest: () => boolean;
  answer: ClaimOutcome | ClaimStatus;
};

/** `said` names the rank as well. */
export type Answered = { status: string; said: string; atMs: number };
export type WonSeat = { eventId: number; userId: string; rank: number; atMs: number };

/** When a seat comes back the answer follows within a second. */
const SOLD_OUT_MEMORY_MS = 1000;

export type Book = {
  broken(): Broken | null;
  fail(promise: PromiseName, sentence: string): void;
  told(answer: Told): void;
  /** A page that says "sold out" to everyone. */
  shownSoldOut(page: { eventId: number; sinceMs: number }): void;
  onRow(row: CouponRow): void;
  onConflict(conflict: IssueConflict): void;
  /** The operator gives the seat up: its holder may hear otherwise from now on, and its rank may go to another. */
  onDiscard(record: FailedEvent): void;
  /** The keys of an event are removed. */
  onForget(eventId: number): void;
  /** A reconciliation has found something, and work in flight or what an operator did does not explain it. */
  onDifference(eventId: number, what: string): void;
  won(): WonSeat[];
  /** everybody who was ever answered */
  users(): string[];
  lastAnswer(eventId: number, userId: string): Answered | undefined;
};

export function createBook(parts: { nowMs: () => number; trace: Trace; evidence: Evidence }): Book {
  const { nowMs, trace, evidence } = parts;
  const wonByUser = new Map<string, WonSeat>();
  const wonByRank = new Map<string, WonSeat>();
  const users = new Set<string>();
  const answers = new Map<string, Answered>();
  let broken: Broken | null = null;

  const book: Book = {
    broken: () => broken,
    won: () => [...wonByUser.values()],
    users: () => [...users],
    lastAnswer: (eventId, userId) => answers.get(`${eventId}|${userId}`),
    fail(promise, sentence) {
      if (broken) return;
      broken = { promise, sentence, atMs: nowMs() };
      trace("BROKEN", () => `${promise}: ${sentence}`);
    },
    told(told) {
      const { answer, userId } = told;
      trace(told.web, () => `tells ${userId}: ${shownAnswer(answer)}`);
      users.add(userId);
      const said = answer.status === "won" ? `won ${answer.rank}` : answer.status;
      answers.set(`${told.eventId}|${userId}`, { status: answer.status, said, atMs: nowMs() });
      if (answer.status === "won") toldWon(told, answer.rank);
      else if (answer.status === "unavailable") toldUnavailable(told);
      else if (answer.status !== "pending") toldVerdict(told, answer.status);
    },
    shownSoldOut({ eventId, sinceMs }) {
      if (!evidence.wasFull(eventId, sinceMs - SOLD_OUT_MEMORY_MS))
        book.fail("G5", `event ${eventId} is shown as sold out while a seat was neither taken nor reserved`);
    },
    onRow(row) {
      const { eventId, userId, rank } = row;
      const named = `event ${eventId}: the row of ${userId} has rank ${rank}`;
      const limit = evidence.issueLimit(eventId);
      if (rank > limit || evidence.rowsOf(eventId) > limit)
        book.fail("G1", `${named}, the limit is ${limit}`);
      const toldUser = wonByUser.get(`${eventId}|${userId}`);
      if (toldUser && toldUser.rank !== rank)
        book.fail("G4", `${named}, and the user was told rank ${toldUser.rank}`);
      const toldRank = wonByRank.get(`${eventId}|${rank}`);
      if (toldRank && toldRank.userId !== userId)
        book.fail("G4", `${named}, which ${toldRank.userId} was told`);
      const untimely = evidence.untimely(row);
      if (untimely) book.fail("G6", `${named}: ${untimely}`);
    },
    onConflict({ kind, record }) {
      if (kind === "stale_epoch") return;
      const seat = evidence.seatOfRecord(record);
      if (!seat) return;
      const told = wonByUser.get(`${seat.eventId}|${seat.userId}`);
      if (told?.rank === seat.rank)
        book.fail(
          "G4",
          `event ${seat.eventId}: ${seat.userId} was told rank ${seat.rank}, refused as ${kind}`,
        );
    },
    onDiscard({ value }) {
      const seat = evidence.seatOfRecord(value);
      if (!seat) return;
      evidence.discarded(seat);
      const { eventId, userId, rank } = seat;
      if (wonByUser.get(`${eventId}|${userId}`)?.rank !== rank || evidence.hasRow(seat)) return;
      wonByUser.delete(`${eventId}|${userId}`);
      wonByRank.delete(`${eventId}|${rank}`);
    },
    onForget(eventId) {
      if (!evidence.isArchived(eventId))
        book.fail("L3", `the gate of event ${eventId} is removed while it is not archived`);
    },
    onDifference(eventId, what) {
      book.fail("L2", `event ${eventId}: ${what}, and nobody has lost a row`);
    },
  };

  function toldWon({ eventId, userId }: Told, rank: number): void {
    const named = `event ${eventId}: ${userId} is told rank ${rank}`;
    const before = wonByUser.get(`${eventId}|${userId}`);
    if (before && before.rank !== rank) book.fail("G4", `${named}, before that ${before.rank}`);
    const other = wonByRank.get(`${eventId}|${rank}`);
    if (other && other.userId !== userId) book.fail("G4", `${named}, which ${other.userId} was told before`);
    if (before) return;
    const seat = { eventId, userId, rank, atMs: nowMs() };
    // The gate of that epoch still holds the seat, until the rebuild.
    if (evidence.isGivenUp(seat) && !evidence.hasRow(seat)) return;
    wonByUser.set(`${eventId}|${userId}`, seat);
    wonByRank.set(`${eventId}|${rank}`, seat);
    const lost = evidence.whyLost(seat);
    if (lost) book.fail("G4", `${named}, and ${lost}`);
    const untimely = evidence.untimely(seat);
    if (untimely) book.fail("G6", `${named}: ${untimely}`);
  }

  function toldUnavailable({ eventId, userId, web, question, sinceMs, isLatest }: Told): void {
    if (question === "claim" && isLatest() && evidence.seatedBy({ eventId, userId, web, sinceMs }))
      book.fail("G7", `event ${eventId}: ${userId} is told that nothing was reserved, and got a seat`);
  }

  /** sold_out, none, closed, paused, not_open: nothing that a winner may hear. */
  function toldVerdict({ eventId, userId, sinceMs, hadRow }: Told, status: string): void {
    const named = `event ${eventId}: ${userId} is told ${status}`;
    const seat = wonByUser.get(`${eventId}|${userId}`);
    if (seat && seat.atMs < sinceMs) book.fail("G4", `${named} after having won rank ${seat.rank}`);
    if (hadRow) book.fail(status === "sold_out" ? "G5" : "G4", `${named}, and has a row`);
    if (status === "sold_out" && !evidence.wasFull(eventId, sinceMs - SOLD_OUT_MEMORY_MS))
      book.fail("G5", `${named} while a seat was neither taken nor reserved`);
  }
  return book;
}

function shownAnswer(answer: ClaimOutcome | ClaimStatus): string {
  if (answer.status === "won") return `won, rank ${answer.rank}${answer.repeat ? ", again" : ""}`;
  return answer.status;
}
