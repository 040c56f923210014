/** A broker of its own that freezes, dies and comes back: what the two sides of the log make of it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startKafka } from "../../stack/services/kafka.mjs";
import { kafkaClaimLog } from "./claim-log.ts";
import { aRecord, collector, kafkaForTests } from "./testing.ts";

let dir: string;
let broker: Awaited<ReturnType<typeof startKafka>>;
let kafka: Awaited<ReturnType<typeof kafkaForTests>>;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "sunchak-kafka-"));
  broker = await startKafka({ dir });
  kafka = await kafkaForTests([`127.0.0.1:${broker.port}`]);
}, 120_000);
afterAll(async () => {
  await kafka?.close();
  await broker?.stop();
  await rm(dir, { recursive: true, force: true });
}, 60_000);

const patience = { timeout: 30_000 };

async function timedAppend(append: () => Promise<boolean[]>) {
  const startedMs = performance.now();
  return { acknowledged: await append(), tookMs: performance.now() - startedMs };
}

test("a frozen broker answers unknown within the deadline, at once while the last send hangs, and recovers", async () => {
  const topic = await kafka.newTopic(1);
  const claimLog = kafkaClaimLog(kafka.connect({ sendDeadlineMs: 1_000 }));
  const append = () => claimLog.append({ epoch: 1, topic, partitions: 1 }, [aRecord("kim")]);
  expect(await append()).toEqual([true]);

  await broker.kill("SIGSTOP");
  try {
    // The signal takes a moment to reach every thread of the broker.
    const first = await vi.waitUntil(async () => {
      const attempt = await timedAppend(append);
      return attempt.acknowledged[0] ? false : attempt;
    }, patience);
    expect(first.tookMs).toBeLessThan(1_500);
    const second = await timedAppend(append);
    expect(second.acknowledged).toEqual([false]);
    expect(second.tookMs).toBeLessThan(100);
  } finally {
    await broker.kill("SIGCONT");
  }
  await vi.waitFor(async () => expect(await append()).toEqual([true]), { timeout: 30_000, interval: 200 });
});

test("a broker that is killed and comes back: whatever was acknowledged is read, once the consumer has it again", async () => {
  const topic = await kafka.newTopic(1);
  const claimLog = kafkaClaimLog(kafka.connect());
  const append = async (userId: string) =>
    (await claimLog.append({ epoch: 1, topic, partitions: 1 }, [aRecord(userId)]))[0] === true;
  const read = collector();
  kafka.consume({ topic, group: kafka.newName("group"), handle: read.handle });
  expect(await append("before")).toBe(true);
  await vi.waitFor(() => expect(read.records).toHaveLength(1), { timeout: 30_000 });

  await broker.kill("SIGKILL");
  expect(await append("during")).toBe(false);
  await broker.start();
  await vi.waitFor(async () => expect(await append("after")).toBe(true), { timeout: 60_000, interval: 200 });
  await vi.waitFor(() => expect(read.records.map((record) => record.key)).toContain("after"), {
    timeout: 60_000,
  });
}, 150_000);
