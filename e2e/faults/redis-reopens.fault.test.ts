/** How long a crowd waits for the gate after Redis is back, with the lease that the product has unless told otherwise. */
import { expect, test } from "vitest";
import { testWorld } from "../system/world.ts";
import { epochAfter, epochOf } from "./epochs.ts";
import { underLoad } from "./under-load.ts";

/** The default of EPOCH_LEASE_MS. */
const LEASE_MS = 5_000;
const OPEN_AGAIN_MS_MAX = 15_000;
const world = testWorld({ env: { EPOCH_LEASE_MS: String(LEASE_MS) } });

test("the gate opens again within fifteen seconds of Redis being back after a kill", {
  tags: ["dozen"],
}, async () => {
  await underLoad(world(), { limit: 240, users: 300 }, async ({ event, winners }) => {
    const before = await epochOf(world());
    const redis = world().server("redis");
    await winners(20);
    await redis.kill("SIGKILL");
    await redis.start();
    const backMs = performance.now();

    await epochAfter(world(), before);
    await world().gateIsOpen(event.id);
    const closedMs = performance.now() - backMs;
    expect(closedMs).toBeGreaterThan(LEASE_MS);
    expect(closedMs).toBeLessThan(OPEN_AGAIN_MS_MAX);
  });
});
