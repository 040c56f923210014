/** Failed records over the wire: their statements in the worker's transaction, and the reads beside it. */
import { dueRows, parkedOfEvent, setAsideRow } from "../model/model-failed.ts";
import type { FailedEvent, FailedStore, FailedTransaction } from "../ports.ts";
import type { Database, OpenTransaction } from "./database.ts";
import { type Run, whenFree } from "./statement.ts";
import { isSameOrigin } from "./tables.ts";

/** A history lasts for seconds, so a refused record rests for less than the real one. */
const FIRST_REST_MS = 1000;

export function failedStatements(
  { tables, lock }: Pick<Database, "tables" | "lock">,
  run: Run,
): Pick<FailedTransaction, "isSetAside" | "park" | "lockFailed" | "setFailedState" | "noteRefusal"> {
  /** One after the other, in the order of the ids, so that nobody holds what another one waits for. */
  function holderOf(open: OpenTransaction, ids: readonly number[]): OpenTransaction | undefined {
    for (const id of ids.toSorted((a, b) => a - b)) {
      const holder = lock(open, `failed/${id}`);
      if (holder) return holder;
    }
    return undefined;
  }

  return {
    isSetAside: (origin) =>
      run("isSetAside", origin, () => tables.failed.some((record) => isSameOrigin(record.origin, origin))),
    park: (records) =>
      run("park", records.length, (open) => {
        open.failed.push(...records);
      }),
    lockFailed: (ids) =>
      run("lockFailed", ids, (open) =>
        whenFree(
          () => holderOf(open, ids),
          () => tables.failed.filter(({ id }) => ids.includes(id)).map((record) => ({ ...record })),
        ),
      ),
    setFailedState: (ids, state) =>
      run("setFailedState", { ids, state }, (open) => {
        open.failedChanges.push(...ids.map((id) => ({ id, change: { state } })));
      }),
    noteRefusal: (id, error) =>
      run("noteRefusal", { id, error }, (open) => {
        const known = tables.failed.find((record) => record.id === id) as FailedEvent;
        open.failedChanges.push({ id, change: { error, attempts: known.attempts + 1 } });
      }),
  };
}

export function failedReads(parts: {
  database: Database;
  nowMs: () => number;
  run: <R>(what: string, args: unknown, effect: () => R) => Promise<R>;
}): Omit<FailedStore, "failedTransaction"> {
  const { database, nowMs, run } = parts;
  const { failed, events } = database.tables;
  const openedEpoch = (eventId: number) => events.get(eventId)?.openedEpoch;
  return {
    dueForReplay: (limit) =>
      run("dueForReplay", limit, () =>
        dueRows(failed, { nowMs: nowMs(), firstRestMs: FIRST_REST_MS, openedEpoch }).slice(0, limit),
      ),
    findFailed: (id) =>
      run("findFailed", id, () => {
        const record = failed.find((candidate) => candidate.id === id);
        return record ? { ...record } : null;
      }),
    parkedOfEvent: (eventId) => run("parkedOfEvent", eventId, () => parkedOfEvent(failed, eventId)),
    setAside: (record) => run("setAside", record, () => setAsideRow(failed, record, nowMs())),
  };
}
