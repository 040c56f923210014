/**
 * The rebuild: a new epoch in which the gate is made again from what is certain. The order of the steps is the
 * protocol (docs/protocol.md); each closes one of docs/histories.md.
 */
import {
  buildEvent,
  EpochLostError,
  EventUnbuildableError,
  failedSeats,
  HeldByEpochError,
} from "./build-event.ts";
import {
  type Clock,
  type EpochStore,
  type EventSource,
  type GateBuilder,
  type GateEpoch,
  type LogTopic,
  type MarkerLog,
  mergeTopics,
  type Reporter,
  type SeatLedger,
} from "./ports.ts";

export type RebuildParts = {
  epochs: EpochStore;
  events: EventSource;
  ledger: SeatLedger;
  builder: GateBuilder;
  markers: MarkerLog;
  clock: Clock;
  reporter: Reporter;
};

export type RebuildOptions = {
  /** topic and partitions of the settings: they belong to the epoch */
  target: LogTopic;
  leaseMs: number;
  /** how much longer than a lease the guardian waits before it writes markers */
  leaseMarginMs: number;
  /** the drain gives up after this long without any progress of the worker */
  drainStallMs: number;
  /** pause between two looks at something that is not ready yet */
  pollMs: number;
};

/** Longer than the workers' group needs to give a killed one's partitions to another. */
const DRAIN_STALL_MS = 30_000;
const POLL_MS = 50;

/** How the guardian and the operator's command rebuild. */
export function rebuildPace(leaseMs: number): Omit<RebuildOptions, "target"> {
  // The margin covers clocks that run at slightly different speeds.
  return { leaseMs, leaseMarginMs: 100 + leaseMs / 10, drainStallMs: DRAIN_STALL_MS, pollMs: POLL_MS };
}

/** Nothing can have been said before this one, so nothing has to be waited for. */
const FIRST_EPOCH = 1;

/** Events that stay closed, with the reason. Empty when every gate is open. */
export type RebuildResult = { epoch: number; closed: Map<number, string> };

/**
 * One attempt. The caller holds the named lock (a courtesy: the epoch does the fencing) and tries again with a new
 * epoch after an error.
 * @throws EpochLostError when a higher epoch took over or the gate forgot something again, or what a port throws
 */
export async function rebuild(
  parts: RebuildParts,
  options: RebuildOptions & { reason: string; signal: AbortSignal },
): Promise<RebuildResult> {
  const { epochs, markers, clock, reporter } = parts;
  const { target, reason } = options;
  const before = await epochs.currentEpoch();
  await markers.ensureTopic(target);

  // Two guardians that came for the same reason begin one epoch, not two.
  const epoch = await epochs.raiseEpoch({ reason, ...target, after: before.epoch });
  if (epoch === null) throw new EpochLostError(`another epoch has begun after ${before.epoch}`);
  const begunMs = clock.monotonicMs();
  reporter.count("rebuilds");
  reporter.warn("a new epoch begins; the gates are closed until it is built", { epoch, reason });

  await flushEveryMaster(parts, options, epoch);
  if (epoch > FIRST_EPOCH) {
    // Nobody may still speak for an older epoch when the marker is written (history 6). Judged by the number that the
    // increment itself gave: another guardian may have begun the first epoch since `before` was read (history 29).
    const leaseEndsMs = begunMs + options.leaseMs + options.leaseMarginMs;
    await clock.sleep(Math.max(0, leaseEndsMs - clock.monotonicMs()), options.signal);
  }
  const topics = await topicsToMark(epochs, target, before);
  await writeMarkers(parts, options, epoch, topics);
  await drain(parts, options, epoch, topics);
  const closed = await buildAll(parts, epoch);
  reporter.info("the gates are open again", {
    epoch,
    tookMs: clock.monotonicMs() - begunMs,
    closed: closed.size,
  });
  return { epoch, closed };
}

/** While one master is unreachable the gates stay closed: it might still run scripts of an older epoch. */
async function flushEveryMaster(parts: RebuildParts, options: Waiting, epoch: number): Promise<void> {
  for (;;) {
    await demandCurrent(parts.epochs, epoch, options.signal);
    try {
      return await parts.builder.flushScripts();
    } catch (error) {
      parts.reporter.warn("the scripts of older epochs could not be flushed everywhere yet", {
        epoch,
        error,
      });
      await parts.clock.sleep(options.pollMs, options.signal);
    }
  }
}

/** The settings' topic, the one before it, and every topic that ever had a reader: all may hold older records. */
async function topicsToMark(epochs: EpochStore, target: LogTopic, before: GateEpoch): Promise<LogTopic[]> {
  return mergeTopics([target, ...(await epochs.logTopics()), ...(before.epoch > 0 ? [before] : [])]);
}

async function writeMarkers(parts: RebuildParts, options: Waiting, epoch: number, topics: LogTopic[]) {
  for (const topic of topics) {
    for (;;) {
      await demandCurrent(parts.epochs, epoch, options.signal);
      if (await parts.markers.appendMarkers(topic, epoch)) break;
      parts.reporter.warn("the epoch's markers were not acknowledged yet", { epoch, ...topic });
      await parts.clock.sleep(options.pollMs, options.signal);
    }
  }
}

/** Until the readers have passed the markers: every acknowledged record of an older epoch has its row by then. */
async function drain(
  parts: RebuildParts,
  options: Waiting & { drainStallMs: number },
  epoch: number,
  topics: LogTopic[],
): Promise<void> {
  let lastProgress = "";
  let progressMs = parts.clock.monotonicMs();
  for (;;) {
    await demandCurrent(parts.epochs, epoch, options.signal);
    const reached = await Promise.all(
      topics.map(({ topic, partitions }) => parts.epochs.partitionEpochs(topic, partitions)),
    );
    if (reached.every((partitions) => partitions.every((partitionEpoch) => partitionEpoch >= epoch))) return;

    const progress = `${JSON.stringify(reached)} ${await committed(parts.markers, topics)}`;
    const nowMs = parts.clock.monotonicMs();
    if (progress !== lastProgress) [lastProgress, progressMs] = [progress, nowMs];
    if (nowMs - progressMs > options.drainStallMs)
      throw new EpochLostError(
        `the worker made no progress towards the markers for ${options.drainStallMs} ms`,
      );
    await parts.clock.sleep(options.pollMs, options.signal);
  }
}

/** A long backlog moves offsets long before it reaches a marker. Not knowing them only makes the drain less patient. */
async function committed(markers: MarkerLog, topics: LogTopic[]): Promise<string> {
  try {
    const offsets = await Promise.all(topics.map((topic) => markers.committedOffsets(topic)));
    return offsets.flat().join(",");
  } catch {
    return "unknown";
  }
}

async function buildAll(parts: RebuildParts, epoch: number): Promise<Map<number, string>> {
  const { builder, epochs, events, ledger, reporter } = parts;
  await builder.loadScripts(epoch);
  // Read only now, after the drain (history 26), and in this order: events, failed records, rows (history 28).
  const live = await events.liveEvents();
  const failed = await failedSeats(ledger);
  const closed = new Map<number, string>();
  for (const event of live) {
    if (event.openedEpoch === null) continue;
    try {
      await buildEvent(parts, { event, epoch, failed: failed.get(event.id) });
    } catch (error) {
      // The database gave this number last, so a later one in the gate is nobody's: no attempt would ever go above it.
      if (error instanceof HeldByEpochError) await demandCurrent(epochs, epoch);
      else if (!(error instanceof EventUnbuildableError)) throw error;
      closed.set(event.id, error.message);
      reporter.alarm("an event's gate stays closed", { eventId: event.id, epoch, error });
    }
  }
  return closed;
}

type Waiting = { pollMs: number; signal: AbortSignal };

async function demandCurrent(epochs: EpochStore, epoch: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const current = await epochs.currentEpoch();
  if (current.epoch !== epoch) throw new EpochLostError(`epoch ${current.epoch} has begun after ${epoch}`);
}
