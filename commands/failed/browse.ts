/** `failed list` and `failed show`: what is in the table, and what stands where a record wanted to be. */
import { parseRecord } from "#server/coupon/claim-record";
import { namedSeat } from "#server/coupon/discard";
import type { Mysql } from "#server/mysql/connect";
import { type FailedSummary, listFailed, mysqlFailedStore } from "#server/mysql/failed-records";
import { mysqlIssueStore } from "#server/mysql/issue-store";
import { shortened } from "../lib/printable.ts";
import { UsageError } from "../lib/usage.ts";
import type { ListWish } from "./arguments.ts";
import type { Outcome } from "./parts.ts";

/** Of a record's value; a forged one may be as large as Kafka takes. */
const VALUE_BYTES_MAX = 65_536;
const ERROR_SHOWN_MAX = 70;

/** `after` goes into `--after` for the next page; null on the last one. */
export async function list({ db }: Mysql, wish: ListWish): Promise<Outcome> {
  const items = await listFailed(db, wish);
  console.error(table(items));
  const after = items.length < wish.limit ? null : (items.at(-1)?.id ?? null);
  return { result: { items: items.map(presentSummary), after } };
}

function table(items: readonly FailedSummary[]): string {
  if (items.length === 0) return "no such records";
  const lines = items.map(({ id, state, eventId, origin, attempts, error }) => [
    String(id),
    state,
    eventId === null ? "-" : String(eventId),
    `${origin.topic}/${origin.partition}@${origin.offset}`,
    String(attempts),
    shortened(error, ERROR_SHOWN_MAX),
  ]);
  const rows = [["id", "state", "event", "topic/partition@offset", "attempts", "error"], ...lines];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** @throws UsageError when there is no such record */
export async function show({ db }: Mysql, id: number): Promise<Outcome> {
  const record = await mysqlFailedStore({ db }).findFailed(id);
  if (!record) throw new UsageError(`there is no record ${id}`);
  const { key, value, ...summary } = record;
  const seat = namedSeat(value);
  const standing = seat
    ? await mysqlIssueStore({ db }).transaction((transaction) => transaction.standingRows([seat]))
    : [];
  const bytes = Buffer.from(value ?? "");
  const result = {
    ...presentSummary(summary),
    says: parseRecord(value).kind,
    key,
    value: value === null ? null : bytes.subarray(0, VALUE_BYTES_MAX).toString(),
    valueBytes: value === null ? null : bytes.length,
    standing: standing.map(({ eventId, userId, rank, claimedAtMs }) => ({
      ...{ event: eventId, user: userId, rank, claimedAt: new Date(claimedAtMs).toISOString() },
    })),
  };
  console.error(explain(result));
  return { result };
}

function explain(shown: { id: number; state: string; error: string; standing: object[] }): string {
  const { id, state, error, standing } = shown;
  const inPlace =
    standing.length === 0 ? "no coupon stands in its place" : "see standing for what is in its place";
  return `record ${id} is ${state}: ${shortened(error, 500)}; ${inPlace}`;
}

function presentSummary<S extends Omit<FailedSummary, "start">>(summary: S) {
  const { id, state, eventId, origin, firstSeenAtMs, lastSeenAtMs, ...rest } = summary;
  return {
    ...{ id, state, event: eventId, ...origin, ...rest },
    firstSeenAt: new Date(firstSeenAtMs).toISOString(),
    lastSeenAt: new Date(lastSeenAtMs).toISOString(),
  };
}
