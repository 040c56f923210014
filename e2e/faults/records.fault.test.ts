/** Records that no web process of this version would write lie among the good ones. */
import type { RowDataPacket } from "mysql2";
import { expect, test } from "vitest";
import { rowsOf } from "../system/audit.ts";
import { until } from "../system/until.ts";
import { testWorld } from "../system/world.ts";
import type { Crowd } from "./crowd.ts";
import { epochAfter, epochOf } from "./epochs.ts";
import { underLoad } from "./under-load.ts";

const SIZE = { limit: 300, users: 400 };
const world = testWorld();

/** A record as a web process writes it, but for what is changed. */
async function record(crowd: Crowd, changes: object): Promise<string> {
  return JSON.stringify({
    v: 1,
    epoch: await epochOf(world()),
    couponEventId: crowd.event.id,
    userId: "forger",
    rank: 1,
    claimedAt: new Date().toISOString(),
    requestId: "forged",
    ...changes,
  });
}

async function conflictsOf(crowd: Crowd): Promise<Record<string, number>> {
  const [rows] = await world().db.query<RowDataPacket[]>(
    "SELECT kind, count(*) AS count FROM issue_conflict WHERE record->>'$.couponEventId' = ? GROUP BY kind",
    [crowd.event.id],
  );
  return Object.fromEntries(rows.map(({ kind, count }) => [kind, Number(count)]));
}

async function parked(): Promise<string[]> {
  const [rows] = await world().db.query<RowDataPacket[]>(
    "SELECT raw_value FROM failed_event WHERE state = 'parked' ORDER BY `partition`, `offset`",
  );
  return rows.map(({ raw_value }) => raw_value);
}

/** The winners whose first record lies before that place in its partition, and those whose first one lies behind it. */
async function usersAround(
  { event }: Crowd,
  place: { partition: number; offset: number },
): Promise<[string[], string[]]> {
  const before = new Set<string>();
  const behind = new Set<string>();
  for (const { partition, offset, claim } of await world().topic.read()) {
    if (partition !== place.partition || claim?.couponEventId !== event.id) continue;
    (Number(offset) < place.offset ? before : behind).add(claim.userId);
  }
  return [[...before], [...behind].filter((userId) => !before.has(userId))];
}

test("broken records are parked one by one, and every good one around them is issued", async () => {
  const partitions = await world().topic.partitions();
  const broken: string[] = [];
  await underLoad(world(), SIZE, async (crowd) => {
    broken.push(
      "not JSON at all",
      "",
      "null",
      "[1,2,3]",
      await record(crowd, { rank: 0 }),
      await record(crowd, { rank: "1" }),
      await record(crowd, { couponEventId: 999_999 }),
      await record(crowd, { userId: "u".repeat(65) }),
      await record(crowd, { userId: "이름" }),
      await record(crowd, { claimedAt: "yesterday" }),
      JSON.stringify({ v: 1, marker: "epoch", epoch: 1_000_000 }),
    );
    for (const partition of partitions)
      for (const value of broken) await world().topic.append({ partition, key: "poison", value });
    await world().topic.workerHasReadAll();
  });
  expect((await parked()).sort()).toEqual(partitions.flatMap(() => broken).sort());
});

test("a forged record takes nobody's seat, gives nobody two, and raises an alarm", async () => {
  const forged = ["rank_taken", "user_has_other_rank", "over_limit"];
  await underLoad(world(), { ...SIZE, alarms: forged }, async (crowd) => {
    const [first, second] = await until("the first two rows", async () => {
      const rows = await rowsOf(world(), crowd.event.id);
      return rows.length >= 2 && rows;
    });
    const ofOthersRank = await record(crowd, { rank: first?.rank });
    const ofSecondSeat = await record(crowd, { userId: second?.userId, rank: SIZE.limit });
    const ofNoSeat = await record(crowd, { rank: SIZE.limit + 1 });
    for (const value of [ofOthersRank, ofSecondSeat, ofNoSeat])
      await world().topic.append({ partition: 0, key: "forger", value });
    await world().topic.workerHasReadAll();
    expect(await conflictsOf(crowd)).toEqual({ rank_taken: 1, user_has_other_rank: 1, over_limit: 1 });
  });
});

/** Before the gate hands the rank out itself, the guardian finds a row above the line and rebuilds. */
test("a forged record ahead of the line takes its rank once: the gate gives it to nobody else", async () => {
  await underLoad(world(), { limit: 380, users: 400 }, async (crowd) => {
    const before = await epochOf(world());
    const last = crowd.users.at(-1);
    const value = await record(crowd, { userId: last?.userId, rank: 380 });
    await world().topic.append({ partition: 0, key: "forger", value });
    await epochAfter(world(), before);
    await world().gateIsOpen(crowd.event.id);
    expect(await last?.claim(crowd.event.id)).toMatchObject({ status: "won", rank: 380, repeat: true });
  });
});

test("a record of a newer version stops its partition alone, until an operator moves past it", async () => {
  const { topic, worker } = world();
  await underLoad(world(), SIZE, async (crowd) => {
    const value = JSON.stringify({ v: 2, seat: { event: crowd.event.id, rank: 7 } });
    const offset = await topic.append({ partition: 1, key: "newer", value });
    crowd.arriveAll();
    await crowd.winners(SIZE.limit);
    await until("the other partitions to be read", async () => String(await topic.unread()) === "1");
    const [before, behind] = await usersAround(crowd, { partition: 1, offset });
    const issued = (await rowsOf(world(), crowd.event.id)).map(({ userId }) => userId);
    expect(issued).toEqual(expect.arrayContaining(before));
    expect(behind.length).toBeGreaterThan(0);
    expect(issued.filter((userId) => behind.includes(userId))).toEqual([]);

    await worker.stop();
    await topic.moveTo({ partition: 1, offset: offset + 1 });
    await worker.start();
  });
  expect(await parked()).not.toContainEqual(expect.stringContaining('"v":2'));
});
