/** Gathering what the gate, the claim log and the table know, once the rows of the winners are there. */
import type { ClaimRecord } from "#server/coupon/claim-record";
import { CLAIM_BATCH_MAX } from "#server/coupon/ports";
import type { Seat } from "#server/coupon/seat";
import type { KafkaConnection } from "#server/kafka/client";
import { mysqlSeatRows } from "#server/mysql/coupons";
import { mysqlSeatLedger } from "#server/mysql/ledger";
import { type CommandParts, until } from "../lib/parts.ts";
import { CommandError } from "../lib/run-command.ts";
import type { Evidence } from "./audit.ts";
import { type LogSnapshot, logSnapshot, readRecords } from "./log-records.ts";
import { type Person, verdictOf } from "./person.ts";

/** The worker is asynchronous, and it may be started again in the middle of a rush. */
const ROWS_TIMEOUT_MS = 60_000;
const GATE_TIMEOUT_MS = 30_000;
const PAGE = 5000;

export async function gatherEvidence(rush: {
  parts: CommandParts;
  kafka: KafkaConnection;
  eventId: number;
  people: readonly Person[];
  /** the log as it ended before anyone pressed */
  logBefore: LogSnapshot;
}): Promise<Evidence> {
  const { parts, kafka, eventId, people, logBefore } = rush;
  const rows = await rowsOfWinners(rush);
  const { topic } = await parts.lease.refresh();
  const span = { from: logBefore, to: await logSnapshot(kafka, topic), eventId };
  const records = await readRecords(kafka, span);
  const users = new Set(people.map(({ userId }) => userId));
  return {
    people,
    rows,
    records: records.filter(({ userId }) => users.has(userId)).map(seatOf),
    seats: await seatsOf(parts, eventId, people),
    status: await statusOf(parts, eventId, []),
    eventRows: await countRows(parts, eventId),
  };
}

/** Waits until every winner has a row. What is still missing after that is for the audit to say. */
async function rowsOfWinners({
  parts,
  eventId,
  people,
}: Parameters<typeof gatherEvidence>[0]): Promise<Seat[]> {
  const { findSeats } = mysqlSeatRows({ db: parts.mysql.db });
  const winners = people.filter((person) => verdictOf(person) === "won").length;
  let rows: Seat[] = [];
  await until(parts.clock, ROWS_TIMEOUT_MS, async () => {
    rows = [];
    for (const userIds of inBatches(people)) rows.push(...(await findSeats(eventId, userIds)));
    return rows.length >= winners ? rows : null;
  });
  return rows;
}

async function seatsOf(parts: CommandParts, eventId: number, people: readonly Person[]): Promise<Seat[]> {
  const seats: Seat[] = [];
  for (const userIds of inBatches(people))
    for (const seat of (await statusOf(parts, eventId, userIds)).seats) if (seat) seats.push(seat);
  return seats;
}

/** @throws CommandError when the gate does not speak in time */
async function statusOf(parts: CommandParts, eventId: number, userIds: readonly string[]) {
  const status = await until(parts.clock, GATE_TIMEOUT_MS, () => parts.askGate(eventId, userIds));
  if (status) return status;
  throw new CommandError(`the gate of event ${eventId} is closed: nothing can be audited`);
}

async function countRows({ mysql }: CommandParts, eventId: number): Promise<Evidence["eventRows"]> {
  const ledger = mysqlSeatLedger({ db: mysql.db });
  let count = 0;
  let highestRank = 0;
  for (;;) {
    const page = await ledger.seatRows({ eventId, afterRank: highestRank, limit: PAGE });
    count += page.length;
    highestRank = page.at(-1)?.rank ?? highestRank;
    if (page.length < PAGE) return { count, highestRank };
  }
}

function* inBatches(people: readonly Person[]): Generator<string[]> {
  for (let start = 0; start < people.length; start += CLAIM_BATCH_MAX)
    yield people.slice(start, start + CLAIM_BATCH_MAX).map(({ userId }) => userId);
}

function seatOf({ userId, rank, claimedAt }: ClaimRecord): Seat {
  return { userId, rank, claimedAtMs: Date.parse(claimedAt) };
}
