/** Redis forgets something while a crowd presses: its scripts, everything, or one key of the event. */
import { expect, test } from "vitest";
import type { World } from "../system/world.ts";
import { testWorld } from "../system/world.ts";
import type { Crowd } from "./crowd.ts";
import { epochAfter, epochOf } from "./epochs.ts";
import { underLoad } from "./under-load.ts";

const SIZE = { limit: 240, users: 300 };
const world = testWorld();

/** A crowd meets a gate that has forgotten something, and the guardian has to find out by itself. */
async function forgetting(forget: (world: World, crowd: Crowd) => Promise<unknown>): Promise<void> {
  await underLoad(world(), SIZE, async (crowd) => {
    await crowd.winners(20);
    const before = await epochOf(world());
    await forget(world(), crowd);
    await epochAfter(world(), before);
    await world().gateIsOpen(crowd.event.id);
  });
}

test("every seat is won once although the gate's scripts are flushed", async () => {
  await forgetting(async ({ redis }) => expect(await redis.script("FLUSH", "SYNC")).toBe("OK"));
});

test("every seat is won once although everything in Redis is deleted", async () => {
  await forgetting(async ({ redis }) => {
    expect(await redis.dbsize()).toBeGreaterThan(0);
    await redis.flushall("SYNC");
  });
});

test.each(["meta", "users"])("every seat is won once although the event's key %s is deleted", async (key) => {
  await forgetting(async ({ redis }, { event }) => {
    expect(await redis.del(`{event:${event.id}}:${key}`)).toBe(1);
  });
});

test("every seat is won once although the list of free ranks is deleted", async () => {
  await forgetting(async (world, crowd) => {
    const { redis, gateIsOpen } = world;
    const tag = `{event:${crowd.event.id}}`;
    await leaveGaps(world, crowd);
    await gateIsOpen(crowd.event.id);
    expect(await redis.zcard(`${tag}:free`)).toBeGreaterThan(0);
    expect(await redis.del(`${tag}:free`)).toBe(1);
  });
});

/**
 * A seat of ours for the last person, at the last rank: the rebuild keeps what nothing contradicts, and has to offer
 * the ranks in between.
 */
async function leaveGaps(world: World, { event, users }: Crowd): Promise<void> {
  const before = await epochOf(world);
  const [key, entry] = [`{event:${event.id}}:users`, `${SIZE.limit}|${Date.now()}`];
  expect(await world.redis.hset(key, String(users.at(-1)?.userId), entry)).toBe(1);
  await epochAfter(world, before);
}
