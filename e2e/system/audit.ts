/**
 * The audit: what users were told, the seats in Redis, the records in the claim log and the rows in MySQL must
 * agree. It returns sentences, not a verdict, so that a failing test says what is wrong.
 */
import type { RowDataPacket } from "mysql2";
import type { TopicRecord } from "./claim-topic.ts";
import type { ClaimAnswer, User } from "./client.ts";
import { until } from "./until.ts";
import type { World } from "./world.ts";

export type Row = { id: number; userId: string; rank: number };
type Origin = { partition: number; offset: string };
export type Audit = { rows: Row[]; problems: string[] };

/** A worker that was killed is missed by its group for up to ten seconds. */
const SETTLE_TIMEOUT_MS = 60_000;
const ALARMS = ["rank_taken", "user_has_other_rank", "over_limit"];

export async function rowsOf(world: World, eventId: number): Promise<Row[]> {
  const [rows] = await world.db.query<RowDataPacket[]>(
    "SELECT id, user_id AS userId, `rank` FROM coupon WHERE coupon_event_id = ? ORDER BY `rank`",
    [eventId],
  );
  return rows as Row[];
}

/** User -> rank, as Redis holds it. */
export async function seatsOf(world: World, eventId: number): Promise<Map<string, number>> {
  const entries = await world.redis.hgetall(`{event:${eventId}}:users`);
  return new Map(Object.entries(entries).map(([userId, entry]) => [userId, Number.parseInt(entry, 10)]));
}

/** Until the outbox is empty and every seat has its row. */
export async function settled(world: World, eventId: number): Promise<void> {
  await until(
    `every seat of event ${eventId} to have its row`,
    async () => {
      const pending = await world.redis.hlen(`{event:${eventId}}:pending`);
      const seats = await seatsOf(world, eventId);
      return pending === 0 && (await rowsOf(world, eventId)).length === seats.size;
    },
    { timeoutMs: SETTLE_TIMEOUT_MS, everyMs: 100 },
  );
}

/** Waits until nothing is on its way any more, then compares all four. */
export async function audit(world: World, eventId: number, users: readonly User[]): Promise<Audit> {
  await settled(world, eventId);
  const rows = await rowsOf(world, eventId);
  const seats = await seatsOf(world, eventId);
  const records = (await world.topic.read()).filter(({ claim }) => claim?.couponEventId === eventId);
  const limit = await limitOf(world, eventId);
  return {
    rows,
    problems: [
      ...rowProblems(rows, limit),
      ...seatProblems(rows, seats),
      ...(await recordProblems(world, rows, records)),
      ...users.flatMap((user) => answerProblems(user, eventId, rows, limit)),
    ],
  };
}

async function limitOf(world: World, eventId: number): Promise<number> {
  const [events] = await world.db.query<RowDataPacket[]>(
    "SELECT issue_limit FROM coupon_event WHERE id = ?",
    [eventId],
  );
  return events[0]?.issue_limit;
}

function rowProblems(rows: Row[], limit: number): string[] {
  const problems: string[] = [];
  if (rows.length > limit) problems.push(`${rows.length} rows, the limit is ${limit}`);
  if (new Set(rows.map((row) => row.userId)).size < rows.length) problems.push("a user has two rows");
  if (new Set(rows.map((row) => row.rank)).size < rows.length) problems.push("a rank has two rows");
  for (const { rank } of rows) if (rank < 1 || rank > limit) problems.push(`a row has rank ${rank}`);
  return problems;
}

function seatProblems(rows: Row[], seats: Map<string, number>): string[] {
  const problems = rows
    .filter((row) => seats.get(row.userId) !== row.rank)
    .map((row) => `${row.userId} has row ${row.rank} and seat ${seats.get(row.userId) ?? "none"}`);
  if (seats.size !== rows.length) problems.push(`${seats.size} seats and ${rows.length} rows`);
  return problems;
}

/** Each row stands on a record, and each record became a row or is accounted for. */
async function recordProblems(world: World, rows: Row[], records: TopicRecord[]): Promise<string[]> {
  const keyOf = ({ userId, rank }: { userId: string; rank: number }) => `${userId} ${rank}`;
  const logged = new Set(records.flatMap(({ claim }) => (claim ? [keyOf(claim)] : [])));
  const issued = new Set(rows.map(keyOf));
  const [conflicts] = await world.db.query<(RowDataPacket & Origin & { kind: string })[]>(
    "SELECT kind, `partition`, `offset` FROM issue_conflict",
  );
  const [failed] = await world.db.query<(RowDataPacket & Origin)[]>(
    "SELECT `partition`, `offset` FROM failed_event",
  );
  const originOf = ({ partition, offset }: Origin) => `${partition} ${offset}`;
  const accounted = new Set([...conflicts, ...failed].map(originOf));
  const ofThisEvent = new Set(records.map(originOf));
  const alarms = conflicts.filter((row) => ALARMS.includes(row.kind) && ofThisEvent.has(originOf(row)));
  return [
    ...rows.filter((row) => !logged.has(keyOf(row))).map((row) => `the row of ${keyOf(row)} has no record`),
    ...records
      .filter(
        (record) => record.claim && !issued.has(keyOf(record.claim)) && !accounted.has(originOf(record)),
      )
      .map(({ partition, offset }) => `the record ${partition}/${offset} was dropped`),
    ...alarms.map(({ kind }) => `a conflict: ${kind}`),
  ];
}

/** G4 and G5, for one user: told once, true for ever. */
function answerProblems(user: User, eventId: number, rows: Row[], limit: number): string[] {
  const row = rows.find(({ userId }) => userId === user.userId);
  const answers = user.heard.filter((heard) => heard.eventId === eventId).map(({ answer }) => answer);
  const firstWon = answers.findIndex(({ status }) => status === "won");
  const contradicts = (answer: ClaimAnswer, index: number): boolean => {
    if (answer.status === "won") return answer.rank !== row?.rank;
    if (answer.status === "sold_out") return row !== undefined || rows.length < limit;
    const isVerdict = answer.status !== "pending" && answer.status !== "unavailable";
    return isVerdict && firstWon !== -1 && index > firstWon;
  };
  return answers
    .filter(contradicts)
    .map((answer) => `${user.userId} heard ${JSON.stringify(answer)} and has row ${row?.rank ?? "none"}`);
}
