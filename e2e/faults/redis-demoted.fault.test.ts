/** A master that was demoted and promoted again: its scripts are all there, its data is another's and older (history 7). */
import { expect, test } from "vitest";
import { seatsOf } from "../system/audit.ts";
import { testWorld } from "../system/world.ts";
import { epochAfter, epochOf } from "./epochs.ts";
import { follow, promote, startReplica } from "./redis-server.ts";
import { underLoad } from "./under-load.ts";

const world = testWorld();

test("no rank is given twice although Redis was demoted and promoted again with older data", {
  tags: ["dozen"],
}, async () => {
  const { redis } = world();
  // Before the event is there: the first replica changes the replication id, which would be a rebuild of its own.
  await using replica = await startReplica(redis);
  await underLoad(world(), { limit: 240, users: 300 }, async ({ event, winners }) => {
    const before = await epochOf(world());
    await promote(replica.redis);
    const told = await winners((await seatsOf(world(), event.id)).size + 40);
    await follow(redis, replica.redis);
    await promote(redis);

    expect(await redis.info("memory")).toMatch(/number_of_cached_scripts:[1-9]/);
    const known = await seatsOf(world(), event.id);
    expect(told.filter(({ userId }) => !known.has(userId)).length).toBeGreaterThanOrEqual(40);
    await epochAfter(world(), before);
    await world().gateIsOpen(event.id);
  });
});
