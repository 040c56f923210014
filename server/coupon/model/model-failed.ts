/** The table of failed records as a model: what statements about it do, for the model database and the simulation. */
import { parseRecord } from "../claim-record.ts";
import type {
  Clock,
  FailedEvent,
  FailedRecord,
  FailedSeatRecord,
  FailedStore,
  FailedTransaction,
  IssueTransaction,
  RecordOrigin,
} from "../ports.ts";

const FIRST_REST_MS = 30_000;
const REST_MAX_MS = 3_600_000;

/** In which epoch an event was first opened; null or undefined when it never was, or does not exist. */
type OpenedEpoch = (eventId: number) => number | null | undefined;

type FailedStatements = Pick<
  FailedTransaction,
  "isSetAside" | "park" | "lockFailed" | "setFailedState" | "noteRefusal"
>;

/** @param parts.table the rows as they are now; a transaction that rolled back has put others in their place */
export function failedStatements(parts: { table: () => FailedEvent[]; clock: Clock }): FailedStatements {
  const { table, clock } = parts;
  return {
    isSetAside: async (origin) => table().some((row) => isSameOrigin(row.origin, origin)),
    async park(records) {
      for (const record of records) parkRow(table(), record, clock.wallMs());
    },
    lockFailed: async (ids) => table().filter(({ id }) => ids.includes(id)),
    async setFailedState(ids, state) {
      for (const row of table()) if (ids.includes(row.id)) row.state = state;
    },
    async noteRefusal(id, error) {
      const row = table().find((candidate) => candidate.id === id);
      if (row) Object.assign(row, { error, attempts: row.attempts + 1, lastSeenAtMs: clock.wallMs() });
    },
  };
}

export function failedStore(parts: {
  table: () => FailedEvent[];
  clock: Clock;
  openedEpoch: OpenedEpoch;
  /** runs the work in the issuing transaction */
  transaction: <T>(work: (transaction: IssueTransaction) => Promise<T>) => Promise<T>;
}): FailedStore {
  const { table, clock, openedEpoch, transaction } = parts;
  return {
    failedTransaction: (work) =>
      transaction((issuing) => work({ ...issuing, ...failedStatements({ table, clock }) })),
    dueForReplay: async (limit) =>
      dueRows(table(), { nowMs: clock.wallMs(), firstRestMs: FIRST_REST_MS, openedEpoch }).slice(0, limit),
    findFailed: async (id) => table().find((row) => row.id === id) ?? null,
    parkedOfEvent: async (eventId) => parkedOfEvent(table(), eventId),
    setAside: async (record) => setAsideRow(table(), record, clock.wallMs()),
  };
}

/** A record that comes again is counted; one that was set aside gets what the reader found. */
export function parkRow(table: FailedEvent[], record: FailedRecord, nowMs: number): void {
  const known = table.find((row) => isSameOrigin(row.origin, record.origin));
  if (!known) return void addRow(table, record, { nowMs, attempts: 1 });
  known.attempts += 1;
  known.lastSeenAtMs = nowMs;
  known.key ??= record.key;
  known.value ??= record.value;
  known.eventId ??= record.eventId;
  known.partitionEpoch ||= record.partitionEpoch;
}

/** @returns its id, or null when it is there already */
export function setAsideRow(
  table: FailedEvent[],
  { origin, reason }: { origin: RecordOrigin; reason: string },
  nowMs: number,
): number | null {
  if (table.some((row) => isSameOrigin(row.origin, origin))) return null;
  const bare = { origin, error: reason, key: null, value: null, partitionEpoch: 0, eventId: null };
  return addRow(table, bare, { nowMs, attempts: 0 });
}

function addRow(
  table: FailedEvent[],
  record: FailedRecord,
  { nowMs, attempts }: { nowMs: number; attempts: number },
): number {
  const id = table.length + 1;
  table.push({ ...record, id, attempts, state: "parked", firstSeenAtMs: nowMs, lastSeenAtMs: nowMs });
  return id;
}

/** Ids of the records that a round of replays takes. */
export function dueRows(
  table: readonly FailedEvent[],
  now: { nowMs: number; firstRestMs: number; openedEpoch: OpenedEpoch },
): number[] {
  const { nowMs, firstRestMs, openedEpoch } = now;
  const isDue = ({ state, attempts, eventId, lastSeenAtMs, partitionEpoch }: FailedEvent) =>
    state === "parked" &&
    eventId !== null &&
    partitionEpoch >= (openedEpoch(eventId) ?? Number.POSITIVE_INFINITY) &&
    nowMs - lastSeenAtMs >= Math.min(firstRestMs * 2 ** (attempts - 1), REST_MAX_MS);
  return table.filter(isDue).map(({ id }) => id);
}

export function parkedOfEvent(table: readonly FailedEvent[], eventId: number): FailedEvent[] {
  return table.filter(({ state, value }) => {
    const parsed = parseRecord(value);
    return state === "parked" && parsed.kind === "claim" && parsed.record.couponEventId === eventId;
  });
}

export function failedPage(
  table: readonly FailedEvent[],
  { afterId, limit }: { afterId: number; limit: number },
): FailedSeatRecord[] {
  const page: FailedSeatRecord[] = [];
  for (const { id, value, state } of table)
    if (state !== "replayed" && id > afterId && page.length < limit) page.push({ id, value, state });
  return page;
}

function isSameOrigin(a: RecordOrigin, b: RecordOrigin): boolean {
  return a.topic === b.topic && a.partition === b.partition && a.offset === b.offset;
}
