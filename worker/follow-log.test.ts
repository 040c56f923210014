import { expect, test } from "vitest";
import type { Clock, EpochStore, Reporter } from "#server/coupon/ports";
import { followLog } from "./follow-log.ts";

const quiet: Reporter = { count() {}, gauge() {}, info() {}, warn() {}, alarm() {} };

/** A follower that has looked once, and looks again when the test says so. */
async function startFollower(first: { topic: string; partitions: number; earlier?: string[] }) {
  const log = { ...first, earlier: first.earlier ?? [], fails: false };
  const seen: string[] = [];
  const stop = new AbortController();
  let crash: (error: Error) => void = () => undefined;
  let lose: (error: Error) => void = () => undefined;
  let wake: () => void = () => undefined;
  let asleep = Promise.withResolvers<void>();
  const clock: Clock = {
    monotonicMs: () => 0,
    wallMs: () => 0,
    async sleep(_ms, signal) {
      const woken = Promise.withResolvers<void>();
      wake = woken.resolve;
      signal?.addEventListener("abort", wake);
      asleep.resolve();
      await woken.promise;
    },
  };
  const epochs: Pick<EpochStore, "currentEpoch" | "logTopics"> = {
    async currentEpoch() {
      if (log.fails) throw new Error("MySQL is away");
      return { epoch: 1, topic: log.topic, partitions: log.partitions };
    },
    logTopics: async () => log.earlier.map((topic) => ({ topic, partitions: 1 })),
  };
  const ended = followLog({
    ...{ epochs, clock, reporter: quiet, signal: stop.signal },
    consume(topics, on) {
      crash = on.crash;
      lose = on.lost;
      seen.push(`start ${topics}`);
      return { stop: async () => void seen.push(`stop ${topics}`) };
    },
  });
  await asleep.promise;
  return {
    ...{ log, seen, ended, crash: (error: Error) => crash(error), lose: () => lose(new Error("lost")) },
    async lookAgain(changes: Partial<typeof log> = {}) {
      Object.assign(log, changes);
      asleep = Promise.withResolvers();
      wake();
      await asleep.promise;
    },
    async stop() {
      stop.abort();
      await ended;
    },
  };
}

test("nothing is read before the first epoch names a topic", async () => {
  const follower = await startFollower({ topic: "", partitions: 0 });
  expect(follower.seen).toEqual([]);
  await follower.lookAgain({ topic: "a", partitions: 1 });
  expect(follower.seen).toEqual(["start a"]);
  await follower.stop();
});

test("a former topic is read as well, since it may hold records of winners", async () => {
  const follower = await startFollower({ topic: "b", partitions: 1, earlier: ["a", "b"] });
  expect(follower.seen).toEqual(["start a,b"]);
  await follower.stop();
});

test("another topic, or more partitions, end the consumer before the next one starts", async () => {
  const follower = await startFollower({ topic: "a", partitions: 1 });
  await follower.lookAgain({ partitions: 2 });
  await follower.lookAgain({ topic: "b", earlier: ["a"] });
  expect(follower.seen).toEqual(["start a", "stop a", "start a", "stop a", "start a,b"]);
  await follower.stop();
});

test("a reader's first rows in partition_epoch do not start its consumer again", async () => {
  const follower = await startFollower({ topic: "a", partitions: 4 });
  await follower.lookAgain({ earlier: ["a"] });
  expect(follower.seen).toEqual(["start a"]);
  await follower.stop();
});

test("while the topics cannot be asked for, reading goes on", async () => {
  const follower = await startFollower({ topic: "a", partitions: 1 });
  await follower.lookAgain({ fails: true });
  expect(follower.seen).toEqual(["start a"]);
  await follower.stop();
});

test("the stop is over when the consumer has stopped", async () => {
  const follower = await startFollower({ topic: "a", partitions: 1 });
  await follower.stop();
  expect(follower.seen).toEqual(["start a", "stop a"]);
});

test("a consumer that its driver gave up ends everything with its error", async () => {
  const follower = await startFollower({ topic: "a", partitions: 1 });
  follower.crash(new Error("gave up"));
  await expect(follower.ended).rejects.toThrow("gave up");
});

test("a consumer that gave Kafka up is followed by another one", async () => {
  const follower = await startFollower({ topic: "a", partitions: 1 });
  follower.lose();
  await follower.lookAgain();
  await follower.lookAgain();
  expect(follower.seen).toEqual(["start a", "stop a", "start a"]);
  await follower.stop();
});
