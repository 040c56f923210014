/** Makes a world: services, processes, judge and clock, all from one seed. */
import { allGateRules } from "../model/gate-server.ts";
import { type Book, createBook } from "./book.ts";
import { createDatabase } from "./database.ts";
import { createEvidence } from "./evidence.ts";
import { createLog } from "./log.ts";
import { startOperator } from "./operator.ts";
import { type Process, startProcess } from "./process.ts";
import type { Random } from "./random.ts";
import { createRedis } from "./redis.ts";
import { createScheduler } from "./scheduler.ts";
import { noTrace, shown, tracing } from "./trace.ts";
import { startWeb } from "./web.ts";
import { createWire, type Fates } from "./wire.ts";
import { startGuardian, startReader } from "./worker.ts";
import { type PlantedFault, WALL_START_MS, type World, type WorldSettings } from "./world.ts";

/** How long a broker or a database takes to notice that a process has died, at most. */
const NOTICE_DEATH_MS = 1500;

export function createWorld(options: {
  settings: WorldSettings;
  random: Random;
  fates: Fates;
  planted?: PlantedFault;
  withTrace?: boolean;
  /** how often an append is written twice */
  duplicates?: number;
}): World {
  const { settings, random, fates, planted = {}, duplicates = 0.05 } = options;
  const scheduler = createScheduler();
  const { nowMs } = scheduler;
  const { trace, lines } = options.withTrace ? tracing(nowMs) : { trace: noTrace, lines: [] };
  const wire = createWire({ scheduler, fates, trace });
  const rules = { ...allGateRules, ...planted.gateRules };
  const redis = createRedis({ scheduler, trace, rules, wallStartMs: WALL_START_MS });
  const log = createLog({ scheduler, random: random.fork(), trace });
  const database = createDatabase({
    scheduler,
    trace,
    onRow: (row) => book.onRow(row),
    onConflict: (conflict) => book.onConflict(conflict),
    onDiscard: (record) => book.onDiscard(record),
  });
  const { leaseMs } = settings;
  const evidence = createEvidence({ database, log, redis, nowMs, leaseMs });
  const book: Book = createBook({ nowMs, trace, evidence });
  const processes: Process[] = [];

  const world: World = {
    ...{
      settings,
      planted,
      duplicates,
      scheduler,
      random,
      trace,
      lines,
      wire,
      redis,
      log,
      database,
      evidence,
      book,
    },
    webs: [],
    readers: [],
    guardians: [],
    operator: undefined as never,
    slowLogUntilMs: 0,
    newerRecords: [],
    lostRows: 0,
    healed: false,
    healedAtMs: 0,
    later: (ms, run) => scheduler.after(ms, () => world.healed || run()),
    processes: () => processes,
    startProcess(name, main) {
      const wallStartMs = WALL_START_MS + random.between(-100, 100);
      const process = startProcess({ name, scheduler, random: random.fork(), trace, wallStartMs, main });
      process.onCrash(() => {
        scheduler.after(random.between(0, NOTICE_DEATH_MS), () => database.forget(name));
      });
      processes.push(process);
      return process;
    },
    reporter: (name) => ({
      count() {},
      gauge() {},
      info: (message, fields) => trace(name, () => `· ${message} ${shown(fields)}`),
      warn: (message, fields) => trace(name, () => `· ${message} ${shown(fields)}`),
      alarm: (message, fields) => trace(name, () => `ALARM ${message} ${shown(fields)}`),
    }),
  };
  for (let index = 0; index < settings.webs; index += 1) world.webs.push(startWeb(world, `web-${index}`));
  for (let index = 0; index < settings.readers; index += 1)
    world.readers.push(startReader(world, `reader-${index}`));
  for (let index = 0; index < settings.guardians; index += 1)
    world.guardians.push(startGuardian(world, `guardian-${index}`));
  world.operator = startOperator(world, "operator");
  log.assign(world.readers.map(({ name }) => name));
  return world;
}
