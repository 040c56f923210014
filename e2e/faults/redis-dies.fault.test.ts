/** Redis dies, hangs or runs out of memory while a crowd presses. */
import { expect, test } from "vitest";
import { seatsOf } from "../system/audit.ts";
import { lasting, until } from "../system/until.ts";
import { testWorld } from "../system/world.ts";
import { epochAfter, epochOf } from "./epochs.ts";
import { copyAppendOnlyFiles } from "./redis-server.ts";
import { underLoad } from "./under-load.ts";

const SIZE = { limit: 240, users: 300 };
const world = testWorld();

test("every seat is won once although Redis is killed and started again", async () => {
  await underLoad(world(), SIZE, async ({ event, winners }) => {
    const before = await epochOf(world());
    const redis = world().server("redis");
    const { pid } = redis;
    await winners(20);
    await redis.kill("SIGKILL");
    await redis.start();
    expect(redis.pid).not.toBe(pid);
    await epochAfter(world(), before);
    await world().gateIsOpen(event.id);
  });
});

test("whoever won keeps rank and coupon although Redis comes back with older data", {
  tags: ["dozen"],
}, async () => {
  await underLoad(world(), SIZE, async ({ event, winners }) => {
    const before = await epochOf(world());
    const redis = world().server("redis");
    await using older = await copyAppendOnlyFiles(world().redis);
    const told = await winners((await seatsOf(world(), event.id)).size + 40);
    await redis.kill("SIGKILL");
    await older.restore();
    await redis.start();

    const known = await seatsOf(world(), event.id);
    expect(told.filter(({ userId }) => !known.has(userId)).length).toBeGreaterThanOrEqual(40);
    await epochAfter(world(), before);
    await world().gateIsOpen(event.id);
  });
});

test("every seat is won once although Redis freezes for longer than a lease", async () => {
  await underLoad(world(), SIZE, async ({ event, heard }) => {
    const redis = world().server("redis");
    await redis.kill("SIGSTOP");
    await lasting(3_000);
    expect(heard("pending").length).toBeGreaterThan(0);
    await redis.kill("SIGCONT");
    await world().gateIsOpen(event.id);
  });
});

test("every seat is won once although Redis has no memory left for a while", async () => {
  await underLoad(world(), SIZE, async ({ event }) => {
    const { redis } = world();
    await redis.config("SET", "maxmemory", "1");
    await until("Redis to refuse claims", async () =>
      /errorstat_OOM:count=[1-9]/.test(await redis.info("errorstats")),
    );
    const { size } = await seatsOf(world(), event.id);
    await lasting(2_000);
    expect((await seatsOf(world(), event.id)).size).toBe(size);
    await redis.config("SET", "maxmemory", "0");
    await world().gateIsOpen(event.id);
  });
});
