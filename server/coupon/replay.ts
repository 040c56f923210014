/**
 * Replaying a parked record: it goes through the issuing code once more, judged by the partition epoch that is stored
 * with it, and nothing is produced again (histories 14, 25, 28).
 */
import { parseRecord } from "./claim-record.ts";
import { type IssuedBatch, issueBatch, reportIssued } from "./issue.ts";
import { REPLAY_BATCH_MAX } from "./limits.ts";
import type {
  ConflictKind,
  FailedEvent,
  FailedState,
  FailedStore,
  FailedTransaction,
  IssueTransaction,
  Reporter,
} from "./ports.ts";

export type ReplayOutcome =
  /** it is a coupon now */
  | { status: "issued" }
  /** its coupon was there already */
  | { status: "redelivered" }
  /** noted in issue_conflict; the record counts as replayed */
  | { status: "conflict"; kind: ConflictKind }
  /** it stays parked */
  | { status: "refused"; error: string }
  /** replayed or discarded before: nothing was changed */
  | { status: "not_parked"; state: FailedState }
  | { status: "unknown" };

export interface Replayer {
  /** Idempotent: a second replay changes nothing and says so. @throws what the store throws; the record stays parked */
  replay(id: number): Promise<ReplayOutcome>;
  /** Replays what failed for a reason that may have passed. @returns how many records were accounted for */
  replayDue(signal: AbortSignal): Promise<number>;
}

export function createReplayer(parts: { store: FailedStore; reporter: Reporter }): Replayer {
  const { store, reporter } = parts;

  async function replay(id: number): Promise<ReplayOutcome> {
    const { outcome, issued } = await store.failedTransaction((transaction) => replayOne(transaction, id));
    if (issued) {
      reportIssued(reporter, issued);
      reporter.count("records_replayed");
    }
    return outcome;
  }

  return {
    replay,
    async replayDue(signal) {
      const tally = { issued: 0, redelivered: 0, conflict: 0, refused: 0, not_parked: 0, unknown: 0 };
      let failures = 0;
      for (const id of await store.dueForReplay(REPLAY_BATCH_MAX)) {
        if (signal.aborted) break;
        try {
          tally[(await replay(id)).status] += 1;
          failures = 0;
        } catch (error) {
          // One that fails by itself must not keep the others waiting; two in a row are the database's trouble.
          failures += 1;
          if (failures > 1) throw error;
          reporter.warn("a parked record could not be replayed now", { id, error });
        }
      }
      const { issued, redelivered, conflict } = tally;
      if (issued > 0) reporter.info("parked records have become coupons", tally);
      return issued + redelivered + conflict;
    },
  };
}

type Replayed = { outcome: ReplayOutcome; issued?: IssuedBatch };

async function replayOne(transaction: FailedTransaction, id: number): Promise<Replayed> {
  const [record] = await transaction.lockFailed([id]);
  if (!record) return { outcome: { status: "unknown" } };
  const { state } = record;
  if (state !== "parked") return { outcome: { status: "not_parked", state } };

  const issued = await issueAgain(transaction, record);
  if (typeof issued === "string") {
    await transaction.noteRefusal(id, issued);
    return { outcome: { status: "refused", error: issued } };
  }
  await transaction.setFailedState([id], "replayed");
  const [conflict] = issued.conflicts;
  if (conflict) return { issued, outcome: { status: "conflict", kind: conflict.kind } };
  return { issued, outcome: { status: issued.tally.issued > 0 ? "issued" : "redelivered" } };
}

/** @returns why the record is refused again, with nothing written */
async function issueAgain(
  transaction: FailedTransaction,
  record: FailedEvent,
): Promise<IssuedBatch | string> {
  // It would raise the epoch of a partition that has long gone on without it.
  if (parseRecord(record.value).kind === "marker") return "an epoch marker is never replayed";

  let refusal: string | null = null;
  const view: IssueTransaction = {
    ...transaction,
    lockPartition: async () => ({
      gateEpoch: record.partitionEpoch,
      partitionEpoch: record.partitionEpoch,
    }),
    isSetAside: async () => false,
    park: async ([again]) => {
      refusal = again?.error ?? null;
    },
  };
  const issued = await issueBatch(view, record.origin, [record]);
  return refusal ?? issued.trouble ?? issued;
}
