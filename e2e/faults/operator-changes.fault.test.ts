/** An operator changes an event while its gate is being rebuilt, and everyone else asks it meanwhile. */
import type { RowDataPacket } from "mysql2";
import { expect, test } from "vitest";
import { audit } from "../system/audit.ts";
import { type EventView, tally } from "../system/client.ts";
import { until } from "../system/until.ts";
import { testWorld, type World } from "../system/world.ts";
import { type Crowd, gatherCrowd } from "./crowd.ts";
import { epochAfter, epochOf, lockReaders, type RowLock } from "./epochs.ts";

const world = testWorld();

test("a limit that is raised during a rebuild is obeyed when event:set returns", async () => {
  const crowd = await pressingCrowd({ limit: 150, users: 300 });
  const view = await changedDuringRebuild(crowd, { limit: 240 });
  expect(view).toMatchObject({ issueLimit: 240, state: "open", version: crowd.event.version + 1 });
  expect(view.remaining).toBeGreaterThan(0);

  crowd.arriveAll();
  expect(tally(await crowd.verdicts())).toEqual({ won: 240, sold_out: 60 });
  await expectAgreement(crowd, 240);
});

test("an event that is paused during a rebuild gives no seat from when event:set returns until it goes on", async () => {
  const crowd = await pressingCrowd({ limit: 240, users: 300 });
  const view = await changedDuringRebuild(crowd, { status: "paused" });
  expect(view).toMatchObject({ state: "paused", remaining: 240 - (await seats(crowd)) });
  const before = await seats(crowd);
  crowd.arrive(50);
  const answers = await crowd.verdicts();
  expect(tally(answers)).toEqual({ won: before, paused: 190 - before });
  expect(await seats(crowd)).toBe(before);

  await world().setEvent(crowd.event.id, { status: "active" });
  const verdicts = await Promise.all(crowd.users.map((user) => user.press(crowd.event.id)));
  expect(tally(verdicts)).toEqual({ won: 240, sold_out: 60 });
  await expectAgreement(crowd, 240);
});

test("an event that is closed during a rebuild stays closed, and whoever won keeps the coupon", async () => {
  const crowd = await pressingCrowd({ limit: 240, users: 300 });
  const view = await changedDuringRebuild(crowd, { status: "closed" });
  const won = await seats(crowd);
  expect(view).toMatchObject({ state: "closed" });
  crowd.arriveAll();
  expect(tally(await crowd.verdicts())).toEqual({ won, closed: 300 - won });
  await expectAgreement(crowd, won);
});

test("while a sold-out event is rebuilt nobody sees sold out, nor hears it when a second is over, and winners still hear that they won", async () => {
  const crowd = await gatherCrowd(world(), { limit: 100, users: 150 });
  crowd.arriveAll();
  expect(tally(await crowd.verdicts())).toEqual({ won: 100, sold_out: 50 });
  await expectAgreement(crowd, 100);

  const rebuild = await startRebuild(world());
  await until("every page to be without a gate", async () => (await views(crowd)).every(isPreparing));
  // Until then a process may say it from memory, under the lease of the epoch before (docs/protocol.md).
  await until("no web process to remember it", async () => !("sold_out" in tally(await claims(crowd))));
  expect(tally(await claims(crowd))).toEqual({ won: 100, unavailable: 50 });
  const statuses = await Promise.all(crowd.users.map((user) => user.claimStatus(crowd.event.id)));
  expect(tally(statuses)).toEqual({ won: 100, unavailable: 50 });
  expect((await views(crowd)).every(isPreparing)).toBe(true);
  await rebuild.release();

  await world().gateIsOpen(crowd.event.id);
  expect((await views(crowd)).map(({ state }) => state)).toEqual(["sold_out", "sold_out"]);
  await expectAgreement(crowd, 100);
});

/** Some of the crowd have won, and more have just pressed; most are still to come. */
async function pressingCrowd(size: { limit: number; users: number }): Promise<Crowd> {
  const crowd = await gatherCrowd(world(), size);
  crowd.arrive(100);
  await crowd.winners(50);
  crowd.arrive(40);
  return crowd;
}

/** Makes the change while the gate is being rebuilt, and lets the rebuild go on when MySQL has it. */
async function changedDuringRebuild(
  { event }: Crowd,
  change: Record<string, string | number>,
): Promise<EventView> {
  const rebuild = await startRebuild(world());
  let isReported = false;
  const changing = world()
    .setEvent(event.id, change)
    .finally(() => {
      isReported = true;
    });
  changing.catch(() => {});
  await until("the change to be in MySQL", async () => (await versionOf(event.id)) > event.version);
  expect(isReported).toBe(false);
  await rebuild.release();
  return await changing;
}

/** Makes the gate forget its scripts, and keeps the rebuild that follows in its drain until it is released. */
async function startRebuild(world: World): Promise<RowLock> {
  const before = await epochOf(world);
  await world.redis.script("FLUSH", "SYNC");
  await epochAfter(world, before);
  return await lockReaders(world);
}

async function expectAgreement({ event, users }: Crowd, coupons: number): Promise<void> {
  const { rows, problems } = await audit(world(), event.id, users);
  expect(problems).toEqual([]);
  expect(rows).toHaveLength(coupons);
}

async function versionOf(eventId: number): Promise<number> {
  const [rows] = await world().db.query<RowDataPacket[]>("SELECT version FROM coupon_event WHERE id = ?", [
    eventId,
  ]);
  return rows[0]?.version;
}

const claims = ({ event, users }: Crowd) => Promise.all(users.map((user) => user.claim(event.id)));
const seats = ({ event }: Crowd) => world().redis.hlen(`{event:${event.id}}:users`);
const views = ({ event }: Crowd) =>
  Promise.all(world().bases.map((_, web) => world().client.event(event.id, web)));
const isPreparing = ({ remaining, state }: EventView) => remaining === null && state !== "sold_out";
