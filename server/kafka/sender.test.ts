/** The rules of acknowledgement, with a producer that behaves as a real one does at its worst. */
import type { RecordMetadata } from "kafkajs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { kafkaClaimLog } from "./claim-log.ts";
import { kafkaMarkerLog } from "./marker-log.ts";
import { boundedSender } from "./sender.ts";
import { aRecord } from "./testing.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const DEADLINE_MS = 2_000;
const gate = { epoch: 1, topic: "claims", partitions: 2 };
const entry = (partition: number, errorCode = 0): RecordMetadata => ({
  topicName: "claims",
  partition,
  errorCode,
});
const users = Array.from({ length: 8 }, (_, index) => `user-${index}`);
const records = users.map((userId, index) => aRecord(userId, index + 1));
const all = records.map(() => true);
const none = records.map(() => false);

function senderOver(send: () => Promise<RecordMetadata[]>) {
  const producer = { connect: vi.fn(async () => {}), disconnect: async () => {}, send: vi.fn(send) };
  const sender = boundedSender({ producer, log: { warn: () => {} }, deadlineMs: DEADLINE_MS });
  const claimLog = kafkaClaimLog({ sender });
  return { producer, sender, append: () => claimLog.append(gate, records) };
}

test("a partition missing from the acknowledgement is unknown", async () => {
  const { append, sender } = senderOver(async () => [entry(1)]);
  // The first batch goes to partition 0, the second one to partition 1.
  expect([await append(), await append()]).toEqual([none, all]);
  const markers = kafkaMarkerLog({ sender, withAdmin: vi.fn(), group: "workers", replication: 1 });
  expect(await markers.appendMarkers(gate, 3)).toBe(false);
});

test("a partition that answers with an error is unknown, and so is one of another topic", async () => {
  expect(await senderOver(async () => [entry(0, 7), entry(1)]).append()).toEqual(none);
  expect(await senderOver(async () => [{ ...entry(0), topicName: "other" }, entry(1)]).append()).toEqual(
    none,
  );
});

test("the records of one batch are in one partition, so that none can be acknowledged without another", async () => {
  const { append, producer } = senderOver(async () => [entry(0), entry(1)]);
  expect(await append()).toEqual(all);
  const [[{ messages }]] = producer.send.mock.calls as unknown as [[{ messages: { partition: number }[] }]];
  expect(new Set(messages.map(({ partition }) => partition))).toEqual(new Set([0]));
});

test("every partition acknowledged means every record acknowledged, with all replicas asked", async () => {
  const { append, producer } = senderOver(async () => [entry(0), entry(1)]);
  expect(await append()).toEqual(all);
  expect(producer.send).toHaveBeenCalledWith(expect.objectContaining({ acks: -1, topic: "claims" }));
});

test("a send that throws is unknown, never an error", async () => {
  expect(await senderOver(() => Promise.reject(new Error("broker died"))).append()).toEqual(none);
});

test("a send that hangs is unknown at the deadline; until it settles nothing piles up behind it", async () => {
  const hanging = Promise.withResolvers<RecordMetadata[]>();
  const { append, producer } = senderOver(() => hanging.promise);
  const first = append();
  await vi.advanceTimersByTimeAsync(DEADLINE_MS);
  expect(await first).toEqual(none);
  expect(await append()).toEqual(none);
  expect(producer.send).toHaveBeenCalledTimes(1);

  hanging.resolve([entry(0), entry(1)]);
  await vi.advanceTimersByTimeAsync(0);
  expect(await append()).toEqual(all);
});

test("a connection that failed is tried again by the next send", async () => {
  const { append, producer } = senderOver(async () => [entry(0), entry(1)]);
  producer.connect.mockRejectedValueOnce(new Error("refused"));
  expect(await append()).toEqual(none);
  expect(await append()).toEqual(all);
  expect(await append()).toEqual(all);
  expect(producer.connect).toHaveBeenCalledTimes(2);
});
