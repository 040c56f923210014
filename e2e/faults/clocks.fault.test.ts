/** Every process has a wrong clock, and in the middle of the crowd each jumps to the other side of the truth. */
import { test } from "vitest";
import { until } from "../system/until.ts";
import { testWorld } from "../system/world.ts";
import { epochAfter, epochOf } from "./epochs.ts";
import { underLoad } from "./under-load.ts";

const TEN_MINUTES_MS = 600_000;
const SIZE = { limit: 300, users: 400 };
const world = testWorld({
  clockErrorMs: { webs: [TEN_MINUTES_MS, -TEN_MINUTES_MS], worker: TEN_MINUTES_MS },
});

/** Each clock is wrong by as much in the other direction from now on. */
async function clocksJump(): Promise<void> {
  const processes = [...world().webs, world().worker];
  const jumps = processes.map(({ logTail }) => logTail().split("the clock jumped").length);
  for (const process of processes) process.signal("SIGUSR2");
  await until("every clock to jump", async () =>
    processes.every(({ logTail }, index) => logTail().split("the clock jumped").length > (jumps[index] ?? 0)),
  );
}

test("every seat is won once although all clocks are wrong by ten minutes, and jump", async () => {
  await underLoad(world(), SIZE, clocksJump);
});

test("every seat is won once although clocks jump while the gate is rebuilt", async () => {
  await underLoad(world(), SIZE, async ({ event }) => {
    const before = await epochOf(world());
    await world().redis.flushall("SYNC");
    await epochAfter(world(), before);
    await clocksJump();
    await world().gateIsOpen(event.id);
  });
});
