/**
 * The shape of every fault test: a crowd presses one button, something breaks in the middle of it and heals, then
 * everyone knows their verdict, and answers, seats, records and rows agree.
 */
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { audit, seatsOf } from "../system/audit.ts";
import { oneTo, ranks, tally } from "../system/client.ts";
import { until } from "../system/until.ts";
import type { World } from "../system/world.ts";
import { type Crowd, gatherCrowd } from "./crowd.ts";
import { watchPages } from "./onlooker.ts";

/** All of them at once would be over before anything could break. */
const WAVES = 50;
const WAVE_EVERY_MS = 60;
/** This share of the crowd comes in waves from before the fault on, the rest when it has healed. */
export const SHARE_IN_WAVES = 0.8;

/**
 * @param options.limit fewer than the users, so that the event is sold out in the end
 * @param options.alarms the kinds of conflicts that forged records have to cause; none
 * @param fault breaks something, shows that it broke, and heals it; it begins when the first seats are taken
 */
export async function underLoad(
  world: World,
  options: { limit: number; users: number; alarms?: string[] },
  fault: (crowd: Crowd) => Promise<void>,
): Promise<Crowd> {
  const { limit, users, alarms = [] } = options;
  const crowd = await gatherCrowd(world, options);
  void arriveInWaves(crowd, Math.ceil(users / WAVES), users * SHARE_IN_WAVES);
  await until("the first seats", async () => (await seatsOf(world, crowd.event.id)).size > 0, { everyMs: 5 });
  const pages = watchPages(world, crowd);
  await fault(crowd).finally(() => pages.close());
  expect(pages.lies()).toEqual([]);
  crowd.arriveAll();

  const answers = await crowd.verdicts();
  expect(crowd.turnedAway).toEqual([]);
  expect(tally(answers)).toEqual({ won: limit, sold_out: users - limit });
  expect(ranks(answers)).toEqual(oneTo(limit));
  const { rows, problems } = await audit(world, crowd.event.id, crowd.users);
  expect(problems.sort()).toEqual(alarms.map((kind) => `a conflict: ${kind}`).sort());
  expect(rows).toHaveLength(limit);
  return crowd;
}

async function arriveInWaves(crowd: Crowd, size: number, total: number): Promise<void> {
  for (let come = 0; come < total; come += size) {
    crowd.arrive(size);
    await delay(WAVE_EVERY_MS);
  }
}
