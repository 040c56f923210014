/** Appending to a real Kafka: what an acknowledgement means, and how long its absence may take. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { parseRecord } from "#server/coupon/claim-record";
import { kafkaClaimLog } from "./claim-log.ts";
import { kafkaMarkerLog } from "./marker-log.ts";
import { aRecord, closedDoor, collector, kafkaBrokers, kafkaForTests } from "./testing.ts";

let kafka: Awaited<ReturnType<typeof kafkaForTests>>;
beforeAll(async () => {
  kafka = await kafkaForTests();
});
afterAll(() => kafka.close());

const PARTITIONS = 4;

test("acknowledged means readable from the log, with the user as its key", async () => {
  const topic = await kafka.newTopic(PARTITIONS);
  const records = Array.from({ length: 500 }, (_, index) => aRecord(`user-${index}`, index + 1));
  const claimLog = kafkaClaimLog(kafka.connect());
  const acknowledged = await claimLog.append({ epoch: 1, topic, partitions: PARTITIONS }, records);
  expect(acknowledged).toEqual(records.map(() => true));

  const read = collector();
  kafka.consume({ topic, group: kafka.newName("group"), handle: read.handle });
  const keys = () => new Set(read.records.map((record) => record.key));
  await vi.waitFor(() => expect(keys()).toEqual(new Set(records.map((record) => record.userId))), {
    timeout: 20_000,
  });
  for (const { origin, key, value } of read.records) {
    expect(origin).toMatchObject({ topic, partition: 0 });
    expect(parseRecord(value)).toMatchObject({ kind: "claim", record: { userId: key } });
  }
});

test("markers reach every partition", async () => {
  const topic = await kafka.newTopic(PARTITIONS);
  const { sender, withAdmin } = kafka.connect();
  const group = kafka.newName("group");
  const markerLog = kafkaMarkerLog({ sender, withAdmin, group, replication: 1 });
  expect(await markerLog.appendMarkers({ topic, partitions: PARTITIONS }, 7)).toBe(true);
  expect(await markerLog.committedOffsets({ topic, partitions: PARTITIONS })).toEqual([0n, 0n, 0n, 0n]);

  const read = collector();
  kafka.consume({ topic, group, handle: read.handle });
  const reached = () => new Set(read.records.map((record) => record.origin.partition));
  await vi.waitFor(() => expect(reached()).toEqual(new Set([0, 1, 2, 3])), { timeout: 20_000 });
  for (const { value } of read.records) expect(parseRecord(value)).toEqual({ kind: "marker", epoch: 7 });
  await vi.waitFor(
    async () =>
      expect(await markerLog.committedOffsets({ topic, partitions: PARTITIONS })).toEqual([1n, 1n, 1n, 1n]),
    { timeout: 10_000 },
  );
});

test("what goes to a topic or a partition that does not exist is unknown, though the driver reports success", async () => {
  const topic = await kafka.newTopic(1);
  const claimLog = kafkaClaimLog(kafka.connect());
  const gate = { epoch: 1, topic, partitions: 2 };
  expect(await claimLog.append(gate, [aRecord("kim"), aRecord("lee")])).toEqual([true, true]);
  // The second partition, which is not there.
  expect(await claimLog.append(gate, [aRecord("kim"), aRecord("lee")])).toEqual([false, false]);
  expect(await claimLog.append({ ...gate, topic: kafka.newName("missing") }, [aRecord("kim")])).toEqual([
    false,
  ]);
});

test("batches go to the partitions in turn, so that all of them are used", async () => {
  const topic = await kafka.newTopic(PARTITIONS);
  const claimLog = kafkaClaimLog(kafka.connect());
  for (let index = 0; index < 2 * PARTITIONS; index += 1)
    await claimLog.append({ epoch: 1, topic, partitions: PARTITIONS }, [aRecord("kim"), aRecord("lee")]);
  const ends = await kafka.admin.fetchTopicOffsets(topic);
  expect(ends.map(({ offset }) => offset)).toEqual(["4", "4", "4", "4"]);
});

test("no negative timer is set, and none at all by an idle connection", async () => {
  const timers = vi.spyOn(globalThis, "setTimeout");
  const topic = await kafka.newTopic(1);
  const claimLog = kafkaClaimLog(kafka.connect());
  const append = () => claimLog.append({ epoch: 1, topic, partitions: 1 }, [aRecord("kim")]);
  for (let index = 0; index < 20; index += 1) await Promise.all([append(), append()]);
  const delays = timers.mock.calls.map(([, delayMs]) => delayMs ?? 0);
  timers.mockRestore();
  expect(delays.filter((delayMs) => delayMs < 0)).toEqual([]);
  // Per append its deadline, and a few for connecting: not one for each millisecond.
  expect(delays.length).toBeLessThan(100);
});

test("Kafka that is away when the process starts is found when it is there", async () => {
  const topic = await kafka.newTopic(1);
  const door = await closedDoor(kafkaBrokers()[0] ?? "");
  const away = kafka.connect({ brokers: [door.address] });
  const append = () => kafkaClaimLog(away).append({ epoch: 1, topic, partitions: 1 }, [aRecord("kim")]);
  expect(await append()).toEqual([false]);
  await door.open();
  await vi.waitFor(async () => expect(await append()).toEqual([true]), { timeout: 10_000 });
  await door.close();
});
