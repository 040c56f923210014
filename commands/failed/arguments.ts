/** The arguments of `failed`, each with a sentence of its own when it is wrong. */
import { type FailedState, failedStates, type RecordOrigin } from "#server/coupon/ports";
import { eventId, oneOf, readOptions, reasonOf, required, wholeNumber } from "../lib/options.ts";
import { UsageError } from "../lib/usage.ts";

/** Records on one page; what does not fit on a screen is better read page by page. */
export const LIST_LIMIT = 50;
const LIST_LIMIT_MAX = 1000;
const ID_MAX = 999_999_999_999;
const PARTITION_MAX = 1_000_000;
/** An offset is a 64-bit number with a sign. */
const OFFSET_MAX = 2n ** 63n - 1n;

export type ListWish = { eventId: number | null; state: FailedState | null; limit: number; afterId: number };

/** @throws UsageError, as all of these do */
export function readList(args: string[]): ListWish {
  const given = readOptions(args, { event: "one", state: "one", limit: "one", after: "one" });
  const { state = "parked", limit = String(LIST_LIMIT), after = "0" } = given;
  const wanted = oneOf("--state", state, [...failedStates, "all"] as const);
  return {
    eventId: given.event === undefined ? null : eventId(given.event),
    state: wanted === "all" ? null : wanted,
    limit: wholeNumber("--limit", limit, { min: 1, max: LIST_LIMIT_MAX }),
    afterId: wholeNumber("--after", after, { min: 0, max: ID_MAX }),
  };
}

export function readShow(args: string[]): number {
  return recordId(required("--id", readOptions(args, { id: "one" }).id));
}

/** Some records by their ids, or all parked ones, of one event or of all. */
export type ReplayWish = { ids: number[] } | { eventId: number | null };

export function readReplay(args: string[]): ReplayWish {
  const { id, event, all } = readOptions(args, { id: "many", event: "one", all: "flag" });
  if ([id, event, all].filter((option) => option !== undefined).length !== 1)
    throw new UsageError("give one of --id, --event and --all");
  if (id) return { ids: recordIds(id) };
  return { eventId: event === undefined ? null : eventId(event) };
}

export function readDiscard(args: string[]): number[] {
  const { id = [], yes } = readOptions(args, { id: "many", yes: "flag" });
  if (id.length === 0) throw new UsageError("--id is missing");
  if (!yes)
    throw new UsageError(
      "a discarded record is given up for ever, and all gates are closed for a few seconds: say --yes as well",
    );
  return recordIds(id);
}

export function readPark(args: string[]): { origin: RecordOrigin; reason: string } {
  const given = readOptions(args, { topic: "one", partition: "one", offset: "one", reason: "one" });
  const topic = required("--topic", given.topic);
  const partition = required("--partition", given.partition);
  const offset = required("--offset", given.offset);
  const reason = reasonOf(required("--reason", given.reason));
  if (!/^[A-Za-z0-9._-]{1,249}$/.test(topic))
    throw new UsageError(`--topic "${topic}" is no name of a topic`);
  if (!/^\d{1,19}$/.test(offset) || BigInt(offset) > OFFSET_MAX)
    throw new UsageError(`--offset "${offset}" must be a whole number from 0 on`);
  return {
    origin: {
      ...{ topic, offset: String(BigInt(offset)) },
      partition: wholeNumber("--partition", partition, { min: 0, max: PARTITION_MAX }),
    },
    reason,
  };
}

function recordIds(texts: string[]): number[] {
  return [...new Set(texts.map(recordId))];
}

function recordId(text: string): number {
  return wholeNumber("--id", text, { min: 1, max: ID_MAX });
}
