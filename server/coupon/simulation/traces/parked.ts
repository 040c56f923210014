/** Histories of parked records: replayed, discarded, or older than the event that they name. */
import { newEvent } from "../chaos-operator.ts";
import { judgedByNow, openedOverParked, parkedFaults } from "../faults/parked-faults.ts";
import type { Stage } from "../stage.ts";
import { WALL_START_MS } from "../world.ts";
import { isOpen, reader, rowOf, type ToldHistory } from "./told.ts";

async function parked({ until, world }: Stage, count = 1): Promise<void> {
  await until(() => world.database.tables.failed.length >= count);
}

export const parkedHistories: ToldHistory[] = [
  {
    number: 32,
    title: "a parked record is replayed behind the marker of the next epoch",
    async play(stage) {
      const { database, operator, redis } = stage.world;
      database.refusedUsers.add("u0");
      await stage.hear("claim", "u0");
      await parked(stage);
      redis.flushAll();
      const read = stage.hold({ what: "failedRecords" }, "request");
      await stage.until(read.arrived);
      database.refusedUsers.clear();
      operator.replay();
      await stage.until(() => database.tables.failed[0]?.state === "replayed");
      read.release();
      await stage.until(() => isOpen(stage));
      await stage.hear("claim", "u1");
    },
    without: judgedByNow,
  },
  {
    number: 33,
    title: "a parked seat is discarded while a copy of its record lies unread in the log",
    async play(stage) {
      const { database, log, operator, settings } = stage.world;
      database.refusedUsers.add("u0");
      await stage.hear("claim", "u0");
      await parked(stage);
      reader(stage).pause(4000, false);
      log.write(settings.topic, 0, database.tables.failed[0]?.value ?? null, "u0");
      database.refusedUsers.clear();
      operator.discard();
      await stage.until(() => database.tables.failed[0]?.state === "discarded");
      await stage.pass(1000);
      await stage.hear("claim", "u1");
      await stage.until(() => rowOf(stage, "u0") === 1);
    },
    without: parkedFaults["a discarded seat is given away without a rebuild"],
  },
  {
    number: 34,
    title: "a parked record names an event that is created later",
    async play(stage) {
      const { database, log, operator, settings } = stage.world;
      const claimedAt = "2030-01-01T00:00:00.000Z";
      const record = { v: 1, epoch: 1, couponEventId: 2, userId: "u0", rank: 1, claimedAt, requestId: "r" };
      log.write(settings.topic, 0, JSON.stringify(record), "u0");
      await parked(stage);
      reader(stage).pause(4000, false);
      operator.create(newEvent({ opensAtMs: WALL_START_MS, issueLimit: 2 }));
      await stage.until(() => database.tables.events.has(2) && isOpen(stage, 2));
      await stage.hear("claim", "u1", { eventId: 2 });
      operator.replay();
      await stage.until(() => rowOf(stage, "u0", 2) === 1);
    },
    without: openedOverParked,
  },
];
