/** The partitions of the claim log change hands while it fills. */
import { expect, test } from "vitest";
import { commitOfCoupons, offsetCommit } from "../system/proxy/requests.ts";
import { until } from "../system/until.ts";
import { testWorld } from "../system/world.ts";
import { underLoad } from "./under-load.ts";

/** More seats than people in the first waves: there must be something to issue to the end. */
const SIZE = { limit: 750, users: 800 };
const world = testWorld({ spareWorkers: 1, proxied: ["kafka", "mysql"] });

const groupOf = (workers: number) =>
  until(`${workers} workers in the group`, async () => (await world().topic.readers()) === workers);

test("every promised coupon is issued once although workers join, leave and die", async () => {
  const { worker, spareWorkers } = world();
  const [second] = spareWorkers;
  await underLoad(world(), SIZE, async (crowd) => {
    await second?.start();
    await groupOf(2);
    worker.signal("SIGTERM");
    expect(await worker.exit()).toBe(0);
    await groupOf(1);
    await worker.start();
    await groupOf(2);
    const commit = world().proxy("worker-1", "mysql").holdRequest(commitOfCoupons);
    await crowd.keepComing(commit.caught());
    second?.signal("SIGKILL");
    expect(await second?.exit()).toBe("SIGKILL");
  });
});

/** It goes silent between its transaction and its offsets, and speaks again when another has read the same records. */
test("every promised coupon is issued once although a worker loses its partitions in the middle of a batch", async () => {
  const [second] = world().spareWorkers;
  await underLoad(world(), SIZE, async (crowd) => {
    const commit = world().proxy("worker", "kafka").holdRequest(offsetCommit);
    await crowd.keepComing(commit.caught());
    await second?.start();
    await world().topic.workerHasReadAll();
    commit.release();
    await groupOf(2);
  });
  await second?.stop();
});
