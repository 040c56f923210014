/** Reading a stretch of the log from outside the workers' group, on the real Kafka. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TimedRecord } from "#server/coupon/ports";
import { kafkaLogHistory, logSpan, readLog } from "./log-reader.ts";
import { kafkaForTests } from "./testing.ts";

let tools: Awaited<ReturnType<typeof kafkaForTests>>;
beforeAll(async () => {
  tools = await kafkaForTests();
});
afterAll(() => tools.close());

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

async function write(topic: string, partition: number, values: number[]): Promise<void> {
  const { sender } = tools.connect();
  for (let start = 0; start < values.length; start += 500) {
    const chunk = values.slice(start, start + 500);
    const messages = chunk.map((value) => ({ partition, key: null, value: String(value) }));
    if ((await sender.send(topic, messages)).size !== 1) throw new Error("not acknowledged");
  }
}

const valuesOf = (records: TimedRecord[], partition: number) =>
  records.filter(({ origin }) => origin.partition === partition).map(({ value }) => Number(value));

test("everything that a topic holds is handed over once, in the order of its partition, at most 1,000 at once", async () => {
  const topic = await tools.newTopic(3);
  await write(topic, 0, numbers(0, 2300));
  await write(topic, 2, numbers(0, 10));
  const records: TimedRecord[] = [];
  const sizes: number[] = [];
  const partitions = await kafkaLogHistory(tools.connect()).read(topic, async (chunk) => {
    sizes.push(chunk.length);
    records.push(...chunk);
  });
  expect(partitions).toBe(3);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1000);
  expect(valuesOf(records, 0)).toEqual(numbers(0, 2300));
  expect(valuesOf(records, 2)).toEqual(numbers(0, 10));
  const agesMs = records.map(({ appendedAtMs }) => Date.now() - appendedAtMs);
  expect(Math.max(...agesMs)).toBeLessThan(120_000);
});

test("a span begins and ends where it says, whatever was appended meanwhile", async () => {
  const topic = await tools.newTopic(1);
  const kafka = tools.connect();
  await write(topic, 0, numbers(0, 20));
  const before = await logSpan(kafka, topic);
  await write(topic, 0, numbers(20, 40));
  const after = await logSpan(kafka, topic);
  await write(topic, 0, numbers(40, 60));
  const span = new Map([[0, { start: before.get(0)?.end ?? 0n, end: after.get(0)?.end ?? 0n }]]);
  const records: TimedRecord[] = [];
  await readLog(kafka, { topic, span }, async (chunk) => void records.push(...chunk));
  expect(valuesOf(records, 0)).toEqual(numbers(20, 40));
});

test("a topic without records is read at once, and what the reader throws reaches the caller", async () => {
  const topic = await tools.newTopic(2);
  const history = kafkaLogHistory(tools.connect());
  expect(await history.read(topic, () => Promise.reject(new Error("never called")))).toBe(2);
  await write(topic, 1, [1]);
  await expect(history.read(topic, () => Promise.reject(new Error("no room")))).rejects.toThrow("no room");
});
