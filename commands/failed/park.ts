/** `failed park`: sets aside a record that its partition cannot judge, so that the worker goes on behind it. */
import { systemClock } from "#server/clock";
import type { RecordOrigin } from "#server/coupon/ports";
import type { Mysql } from "#server/mysql/connect";
import { mysqlEpochStore } from "#server/mysql/epoch-store";
import { mysqlFailedStore } from "#server/mysql/failed-records";
import { until } from "../lib/parts.ts";
import { CommandError } from "../lib/run-command.ts";
import { UsageError } from "../lib/usage.ts";
import type { Outcome } from "./parts.ts";

/** A worker brings the same records again every 3 s at most. */
const PASS_TIMEOUT_MS = 15_000;

/** @throws UsageError when the place is wrong, CommandError when no worker comes past it */
export async function park(mysql: Mysql, wish: { origin: RecordOrigin; reason: string }): Promise<Outcome> {
  const { topic, partition, offset } = wish.origin;
  const known = await mysqlEpochStore({ mysql }).logTopics();
  const read = known.find((log) => log.topic === topic);
  if (!read) throw new UsageError(`no worker has read a topic "${topic}"`);
  if (partition >= read.partitions)
    throw new UsageError(
      `no worker has read partition ${partition} of ${topic}; it knows ${read.partitions}`,
    );

  const store = mysqlFailedStore(mysql);
  const id = await store.setAside(wish);
  if (id === null)
    throw new CommandError(`record ${offset} of ${topic}/${partition} is in the table already: see list`);
  const passed = await until(systemClock(), PASS_TIMEOUT_MS, async () => {
    const record = await store.findFailed(id);
    return record && record.attempts > 0 ? record : null;
  });
  if (!passed)
    throw new CommandError(
      `Record ${id} is noted, but no worker came past it within ${PASS_TIMEOUT_MS / 1000} s: is one running, and does ` +
        "it stop at this offset? One that can be judged is never set aside: discard the note then.",
    );
  console.error(
    `The worker has gone on behind it. See show --id ${id}. A seat that it names counts as taken until it is discarded.`,
  );
  return { result: { id, ...wish.origin, reason: wish.reason } };
}
