/**
 * Reading the claim log again after MySQL was restored from a backup: the epoch is raised above every epoch that the
 * log holds, and each record is issued as it was the first time, judged by the epoch that stood at its place in the
 * log. The gate is rebuilt afterwards, because nobody knows the new epoch's scripts.
 */
import { parseRecord } from "./claim-record.ts";
import { createIssuer, type IssueTally } from "./issue.ts";
import { type LogSurvey, surveyLog } from "./log-survey.ts";
import type { EpochStore, EventSource, IssueStore, LogHistory, Reporter, TimedRecord } from "./ports.ts";

/** The log cannot be read again like this; the message is a sentence for the operator. */
export class RereadError extends Error {
  override name = "RereadError";
}

export type RereadReport = IssueTally & {
  /** the epoch that was begun */
  epoch: number;
  /** claim records and markers from the given time on */
  read: number;
  /** events that records name and the database does not know: their records are parked */
  unknownEvents: number[];
};

type RereadParts = {
  epochs: EpochStore;
  events: Pick<EventSource, "findEvent">;
  history: LogHistory;
  store: IssueStore;
  reporter: Reporter;
};

/**
 * The caller holds the rebuild's lock, so that no guardian begins an epoch meanwhile. Idempotent: rows that are there
 * already are counted as redelivered.
 * @param call.fromMs records appended earlier are not issued: the restored rows hold them. Too early does no harm
 * @param call.topics every topic that may hold records
 * @param call.aboveLimit go on although the log names ranks above an event's limit: those become conflicts
 * @throws RereadError, IssueTroubleError, or what a port throws; it can then be done again
 */
export async function reread(
  parts: RereadParts,
  call: { fromMs: number; topics: readonly string[]; aboveLimit: boolean },
): Promise<RereadReport> {
  const { epochs, events, history, reporter } = parts;
  const current = await epochs.currentEpoch();
  const surveys = new Map<string, LogSurvey>();
  for (const topic of call.topics) surveys.set(topic, await surveyLog(history, topic, call.fromMs));
  refuseUnjudged(surveys, call.fromMs);
  if (!call.aboveLimit) await refuseAboveLimit(events, surveys);

  const above = Math.max(0, ...[...surveys.values()].map(({ highestEpoch }) => highestEpoch));
  const { topic, partitions } = current;
  const reason = "the claim log is read again";
  const epoch = await epochs.raiseEpoch({ reason, topic, partitions, after: current.epoch, above });
  if (epoch === null) throw new RereadError("another epoch began meanwhile: try again");
  reporter.info("reading the claim log again", { epoch, topics: call.topics });

  const report: RereadReport = { epoch, read: 0, unknownEvents: [], ...noTally };
  for (const [name, { highestEpoch }] of surveys)
    await issueTopic(parts, call.fromMs, name, highestEpoch, report);
  return report;
}

const noTally: IssueTally = { issued: 0, redelivered: 0, parked: 0, conflicting: 0 };

/** The log forgets its oldest records: behind a forgotten marker nobody can tell fresh records from stale ones. */
function refuseUnjudged(surveys: Map<string, LogSurvey>, fromMs: number): void {
  for (const [topic, { unjudgedUntilMs }] of surveys)
    for (const [partition, untilMs] of unjudgedUntilMs)
      if (untilMs >= fromMs)
        throw new RereadError(
          `${topic}, partition ${partition}: no epoch marker is left before the records of ` +
            `${new Date(untilMs).toISOString()}: they cannot be judged. Start later than that`,
        );
}

/** Limits only grow, so a rank above one was won under a limit that the restored database has forgotten. */
async function refuseAboveLimit(
  events: RereadParts["events"],
  surveys: Map<string, LogSurvey>,
): Promise<void> {
  const sentences: string[] = [];
  for (const { highestRanks } of surveys.values())
    for (const [eventId, rank] of highestRanks) {
      const event = await events.findEvent(eventId);
      if (event && rank > event.issueLimit)
        sentences.push(
          `event ${eventId} has the limit ${event.issueLimit} here, and rank ${rank} in the log`,
        );
    }
  if (sentences.length > 0)
    throw new RereadError(`Limits were raised since: ${sentences.join("; ")}. Restore the limits first`);
}

async function issueTopic(
  parts: { history: LogHistory; store: IssueStore; reporter: Reporter },
  fromMs: number,
  topic: string,
  highestEpoch: number,
  report: RereadReport,
): Promise<void> {
  /** per partition the epoch at the place that the walk has reached */
  const reached = new Map<number, number>();
  const store = judgedAsThen(parts.store, highestEpoch, reached, report);
  const issuer = createIssuer({ store, reporter: parts.reporter });

  await parts.history.read(topic, async (records) => {
    const [first] = records;
    if (!first) return;
    const { partition } = first.origin;
    const later = records.findIndex(({ appendedAtMs }) => appendedAtMs >= fromMs);
    const start = later === -1 ? records.length : later;
    passOver(records.slice(0, start), highestEpoch, reached);
    if (start === records.length) return;
    const tally = await issuer.issue({ topic, partition }, records.slice(start));
    for (const key of Object.keys(noTally) as (keyof IssueTally)[]) report[key] += tally[key];
    report.read += records.length - start;
  });
  // The workers go on behind what was read here: a restored epoch of their partition would hold them up for ever.
  for (const [partition, epoch] of reached)
    await parts.store.transaction(async (transaction) => {
      await transaction.lockPartition({ topic, partition });
      await transaction.raisePartitionEpoch({ topic, partition }, epoch);
    });
}

/** Of what is not issued only the markers count. */
function passOver(records: readonly TimedRecord[], highestEpoch: number, reached: Map<number, number>): void {
  for (const { origin, value } of records) {
    const parsed = parseRecord(value);
    if (parsed.kind === "marker" && parsed.epoch <= highestEpoch)
      reached.set(origin.partition, Math.max(parsed.epoch, reached.get(origin.partition) ?? 0));
  }
}

/** The issuing transaction, but for the epochs: those of the walk, as they stood when the log was first read. */
function judgedAsThen(
  store: IssueStore,
  gateEpoch: number,
  reached: Map<number, number>,
  report: RereadReport,
): IssueStore {
  return {
    transaction: (work) =>
      store.transaction((transaction) =>
        work({
          ...transaction,
          async lockPartition(source) {
            await transaction.lockPartition(source);
            return { gateEpoch, partitionEpoch: reached.get(source.partition) ?? 0 };
          },
          async raisePartitionEpoch(source, epoch) {
            reached.set(source.partition, epoch);
            await transaction.raisePartitionEpoch(source, epoch);
          },
          async issueRules(eventIds) {
            const rules = await transaction.issueRules(eventIds);
            const unknown = eventIds.filter((id) => !rules.has(id) && !report.unknownEvents.includes(id));
            report.unknownEvents.push(...unknown);
            return rules;
          },
        }),
      ),
  };
}
