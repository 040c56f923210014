/** How far a group has read a real topic, and where the topic ends. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { kafkaClaimLog } from "./claim-log.ts";
import { kafkaLogProgress } from "./log-progress.ts";
import { aRecord, kafkaForTests } from "./testing.ts";

const PARTITIONS = 3;

let kafka: Awaited<ReturnType<typeof kafkaForTests>>;
beforeAll(async () => {
  kafka = await kafkaForTests();
});
afterAll(() => kafka.close());

test("what is written moves the end, and what is handled moves the group towards it", async () => {
  const target = { topic: await kafka.newTopic(PARTITIONS), partitions: PARTITIONS };
  const group = kafka.newName("group");
  const connection = kafka.connect();
  const progress = kafkaLogProgress({ withAdmin: connection.withAdmin, group });
  expect(await progress.endOffsets(target)).toEqual([0n, 0n, 0n]);
  expect(await progress.committedOffsets(target)).toEqual([0n, 0n, 0n]);

  const records = Array.from({ length: 60 }, (_, index) => aRecord(`user-${index}`, index + 1));
  await kafkaClaimLog(connection).append({ epoch: 1, ...target }, records);
  const ends = await progress.endOffsets(target);
  expect(ends.reduce((sum, end) => sum + end, 0n)).toBe(60n);
  expect(await progress.committedOffsets(target)).toEqual([0n, 0n, 0n]);

  kafka.consume({ topic: target.topic, group });
  const caughtUp = async () => expect(await progress.committedOffsets(target)).toEqual(ends);
  await vi.waitFor(caughtUp, { timeout: 20_000 });
});

test("the end of a partition that does not exist is unknown, and never taken as read", async () => {
  const topic = await kafka.newTopic(1);
  const { withAdmin } = kafka.connect();
  const progress = kafkaLogProgress({ withAdmin, group: kafka.newName("group") });
  await expect(progress.endOffsets({ topic, partitions: 2 })).rejects.toThrow("is not known");
});
