/** Faults of processes: crashes, pauses, wrong clocks, cut cables. */
import type { Process, ServiceName } from "./process.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

function pause(world: World, random: Random, process: Process): void {
  const clockStands = world.settings.failingClock === "monotonic" && random.chance(0.5);
  process.pause(random.between(100, 7000), clockStands);
}

function cut(world: World, random: Random, call: { process: Process; service: ServiceName }): void {
  const { process, service } = call;
  world.trace(process.name, () => `is cut off from ${service}`);
  process.cutFrom.add(service);
  world.later(random.between(500, 8000), () => process.cutFrom.delete(service));
}

/** The group notices after a while that somebody is missing, and gives the partitions away. */
function rebalanceSoon(world: World, random: Random): void {
  const { log, readers } = world;
  world.later(random.between(300, 2000), () =>
    log.assign(readers.filter((reader) => reader.isRunning()).map(({ name }) => name)),
  );
}

export const processFaults = {
  crashWeb({ webs }, random) {
    random.pick(webs).process.crash(random.between(50, 1500));
  },
  crashReader(world, random) {
    random.pick(world.readers).crash(random.between(50, 2500));
    rebalanceSoon(world, random);
  },
  crashGuardian({ guardians }, random) {
    random.pick(guardians).crash(random.between(50, 1500));
  },
  pauseWeb(world, random) {
    pause(world, random, random.pick(world.webs).process);
  },
  pauseReader(world, random) {
    pause(world, random, random.pick(world.readers));
    rebalanceSoon(world, random);
  },
  pauseGuardian(world, random) {
    pause(world, random, random.pick(world.guardians));
  },
  wrongClock({ webs, settings }, random) {
    if (settings.failingClock !== "wall") return;
    random.pick(webs).process.shiftWall(random.between(-600_000, 600_000));
  },
  cutFromMysql(world, random) {
    cut(world, random, { process: random.pick(world.webs).process, service: "mysql" });
  },
  cutAnybody(world, random) {
    const service = random.pick(["redis", "log", "mysql"] as const);
    cut(world, random, { process: random.pick(world.processes()), service });
  },
} satisfies Record<string, (world: World, random: Random) => void>;
