/**
 * The worker process: it reads the claim log into MySQL, and is the guardian of the gate. The two go on beside
 * each other, because a rebuild waits for the reader.
 */
import { systemClock } from "#server/clock";
import { leaseRefreshMs } from "#server/coupon/lease";
import { ARCHIVE_EVERY_MS, RECONCILE_EVERY_MS, REPLAY_EVERY_MS } from "#server/coupon/limits";
import { orExit, workerEnv } from "#server/env";
import { createHealth, healthServer } from "#server/health";
import { onStopSignal } from "#server/life-cycle";
import { CannotListenError, listen } from "#server/listen";
import { createLog } from "#server/log";
import { createMetrics } from "#server/metrics";
import { repeat } from "#server/repeat";
import { followLog } from "./follow-log.ts";
import { connectParts } from "./parts.ts";
import { isWrongSetting, startUp } from "./start-up.ts";

const GUARDIAN_EVERY_MS = 1000;
/** A batch of 1,000 rows and a tick of the guardian end within this time, unless a service hangs. */
const STOP_DEADLINE_MS = 15_000;

const env = orExit(workerEnv);
const log = createLog({ process: "worker", level: env.LOG_LEVEL });
const { page, reporter } = createMetrics(log);
const clock = systemClock();
const parts = connectParts(env, { clock, reporter });
const health = createHealth({ probes: parts.probes, nowMs: clock.monotonicMs });
const stopping = new AbortController();
const { signal } = stopping;

const running = run().catch((error: unknown) => {
  if (isWrongSetting(error) || error instanceof CannotListenError) log.fatal(error.message);
  else log.fatal({ error }, "the worker cannot go on");
  process.exit(1);
});
onStopSignal({ log, deadlineMs: STOP_DEADLINE_MS, stop });

/** Ends after the signal, when the batch in hand is committed and the guardian's tick is over. */
async function run(): Promise<void> {
  const { port } = await listen(healthServer({ health, metrics: page }), {
    port: env.WORKER_PORT,
    host: env.HOST,
    setting: "WORKER_PORT",
  });
  log.info({ host: env.HOST, port }, "health and metrics");
  await startUp(parts, { seed: env.SEED, signal, clock, reporter });
  if (signal.aborted) return;
  health.ready();
  log.info("ready");
  await Promise.all([
    forEver("reading the epoch", leaseRefreshMs(env.EPOCH_LEASE_MS), () => parts.lease.refresh()),
    forEver("the guardian's look at the gates", GUARDIAN_EVERY_MS, () => parts.guardian.tick(signal)),
    forEver("replaying parked records", REPLAY_EVERY_MS, () => parts.replayer.replayDue(signal)),
    forEver("comparing seats and rows", RECONCILE_EVERY_MS, () => parts.bookkeeper.compare(signal)),
    forEver("archiving", ARCHIVE_EVERY_MS, () => parts.archiveRounds.round(signal)),
    followLog({ ...parts, epochs: parts.reader.epochs, signal, clock, reporter }),
  ]);
}

function forEver(what: string, everyMs: number, task: () => Promise<unknown>): Promise<void> {
  return repeat({ what, everyMs, task, signal, clock, reporter });
}

async function stop(): Promise<boolean> {
  health.stopping();
  stopping.abort();
  await running;
  await parts.close();
  return true;
}
