/** Faults of the claim log and of the database. */
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

type Faults = Record<string, (world: World, random: Random) => void>;

const PARTITIONS_MAX = 4;

/** Broken, forged, or written by a newer program. */
const poisons = [
  "{",
  null,
  '{"v":1,"epoch":1,"couponEventId":"x"}',
  '{"v":1,"marker":"epoch","epoch":99}',
  '{"v":1,"epoch":1,"couponEventId":77,"userId":"stranger","rank":1,"claimedAt":"2030-01-01T00:00:00.000Z","requestId":"r"}',
  '{"v":2,"anything":true}',
];

export const logFaults = {
  logDown(world, random) {
    const { log, trace } = world;
    trace("log", () => "is down");
    log.down = true;
    world.later(random.between(200, 4000), () => {
      log.down = false;
      trace("log", () => "is up");
    });
  },
  logSilent(world, random) {
    const { log, trace } = world;
    trace("log", () => "writes and acknowledges nothing");
    log.silent = true;
    world.later(random.between(200, 4000), () => {
      log.silent = false;
      trace("log", () => "acknowledges again");
    });
  },
  slowLog(world, random) {
    world.slowLogUntilMs = world.scheduler.nowMs() + random.between(500, 4000);
    world.trace("log", () => "is slow");
  },
  poison(world, random) {
    // Not before the first marker: a record of an epoch that its partition has not reached stops the reader for good.
    const partitions = world.log.partitions().filter(({ records }) => records.length > 0);
    if (partitions.length === 0) return;
    const partition = random.pick(partitions);
    const value = random.pick(poisons);
    world.log.write(partition.topic, partition.partition, value);
    if (value?.includes('"v":2')) world.newerRecords.push(partition.records.at(-1) as never);
  },
  rebalance(world, random) {
    const { log, readers } = world;
    const running = readers.filter((reader) => reader.isRunning()).map(({ name }) => name);
    log.assign([]);
    world.later(random.between(0, 800), () => log.assign(running));
  },
  forgetCommits({ log }) {
    log.forgetCommits();
  },
  /** The operator alters the topic, and the guardians come back with new settings. */
  addPartition({ settings, log, guardians }, random) {
    if (settings.partitions >= PARTITIONS_MAX) return;
    settings.partitions += 1;
    log.ensureTopic({ topic: settings.topic, partitions: settings.partitions });
    for (const guardian of guardians) guardian.crash(random.between(50, 1500));
  },
} satisfies Faults;

export const databaseFaults = {
  mysqlDown({ database }, random) {
    database.goAway(random.between(100, 3000));
  },
  /**
   * Somebody deletes a row by hand, whose seat the gate holds: the guardian's books have to find it. Not of an event
   * that is about to be archived, where nothing would be left to make it from.
   */
  loseRow(world, random) {
    const { database, redis, trace } = world;
    const { coupons, events } = database.tables;
    const rows = coupons.all().filter(({ eventId, userId }) => {
      const keys = redis.master().events.get(eventId);
      const isHeld = keys?.users.has(userId) && !keys.pending.has(userId);
      return isHeld && events.get(eventId)?.status === "active";
    });
    if (rows.length === 0) return;
    const row = random.pick(rows);
    trace("mysql", () => `loses the row of ${row.userId} in event ${row.eventId}`);
    coupons.remove(row);
    world.lostRows += 1;
  },
  loseLock({ database, trace }) {
    if (database.lockOwner !== null) trace("mysql", () => `${database.lockOwner} loses the lock`);
    database.lockOwner = null;
  },
  /** Rows of some users are refused for a reason of data, until somebody mends it. */
  refuseRow({ database, trace }, random) {
    for (let user = 1; user <= 6; user += 1) if (random.chance(0.5)) database.refusedUsers.add(`u${user}`);
    trace("mysql", () => `refuses rows of ${[...database.refusedUsers].join(" ")}`);
  },
} satisfies Faults;
