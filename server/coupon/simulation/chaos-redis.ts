/** Faults of Redis. Each draws its own details. */
import type { Random } from "./random.ts";
import type { KeyName, Snapshot } from "./redis.ts";
import type { World } from "./world.ts";

/** Takes a snapshot now, and lets something happen with it a little later. */
function withOlderData(world: World, random: Random, then: (older: Snapshot) => void): void {
  const { redis } = world;
  const older = redis.snapshot(redis.master());
  world.later(random.between(5, 1500), () => then(older));
}

export const redisFaults = {
  restart({ redis }, random) {
    redis.restart(redis.master(), random.between(20, 2000));
  },
  rewind(world, random) {
    const { redis } = world;
    withOlderData(world, random, (older) => redis.restart(redis.master(), random.between(20, 1500), older));
  },
  /** A replica that lags takes over; some web processes still talk to the old master, and perhaps not to MySQL. */
  splitBrain(world, random) {
    const { redis } = world;
    withOlderData(world, random, (older) => {
      const stay = world.webs.map(({ process }) => process).filter(() => random.chance(0.6));
      redis.failOver(
        older,
        stay.map(({ name }) => name),
      );
      const cut = random.chance(0.5) ? stay : [];
      for (const process of cut) process.cutFrom.add("mysql");
      world.later(random.between(1000, 9000), () => {
        redis.standDown();
        for (const process of cut) process.cutFrom.delete("mysql");
      });
    });
  },
  demoteAndPromote(world, random) {
    withOlderData(world, random, (older) => world.redis.demoteAndPromote(older));
  },
  flushAll({ redis }) {
    redis.flushAll();
  },
  deleteKey({ redis, database }, random) {
    const eventId = random.pick([...database.tables.events.keys()]);
    redis.deleteKey(eventId, random.pick<KeyName>(["meta", "users", "free", "pending", "pending"]));
  },
  scriptFlush({ redis }) {
    redis.master().scripts.clear();
  },
  outOfMemory({ redis }, random) {
    redis.master().writesLeft = random.between(0, 3);
  },
  changeReplid({ redis }) {
    redis.changeReplid();
  },
  freezeRedis({ redis }, random) {
    redis.freeze(redis.master(), random.between(200, 6000));
  },
  redisClock({ redis, trace }, random) {
    const node = random.pick(redis.nodes);
    node.clockOffsetMs += random.between(-600_000, 600_000);
    trace(node.name, () => `its clock is ${node.clockOffsetMs} ms off`);
  },
} satisfies Record<string, (world: World, random: Random) => void>;
