/** What goes wrong in a history: faults of services and processes, and an operator in the middle of them. */

import { operatorActions } from "./chaos-operator.ts";
import { processFaults } from "./chaos-processes.ts";
import { redisFaults } from "./chaos-redis.ts";
import { databaseFaults, logFaults } from "./chaos-stores.ts";
import type { Weather } from "./fates.ts";
import type { ServiceName } from "./process.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

const faults = { ...redisFaults, ...logFaults, ...databaseFaults, ...processFaults, ...operatorActions };
export type FaultName = keyof typeof faults;

export type Theme = {
  name: string;
  /** how often each fault is drawn, relative to the others */
  weights: Partial<Record<FaultName, number>>;
  weather: Partial<Record<ServiceName, Weather>>;
  /** whether things go wrong while the very first gate is built; else from when it is open */
  fromTheStart: boolean;
  /** when the last one may come, if that is early */
  untilMs?: number;
};

/** A lost row is beyond what is promised: only the data in Redis can bring it back. */
const beyondThePromise: readonly string[] = ["loseRow"] satisfies FaultName[];

const everything: Theme["weights"] = Object.fromEntries(
  Object.keys(faults).flatMap((name) => (beyondThePromise.includes(name) ? [] : [[name, 1]])),
);

/** A seed's theme is its number modulo these: deep histories need several faults of one kind close together. */
export const themes = [
  {
    name: "anything",
    weights: everything,
    weather: {
      redis: { lost: 0.02, slow: 0.03, verySlow: 0.005 },
      log: { lost: 0.05, slow: 0.1, verySlow: 0.02 },
      mysql: { lost: 0.02, slow: 0.03, verySlow: 0.005 },
    },
    fromTheStart: false,
  },
  {
    name: "two masters",
    weights: { splitBrain: 5, cutFromMysql: 1, pauseWeb: 1, demoteAndPromote: 1, slowLog: 1 },
    weather: { log: { lost: 0.05, slow: 0.2, verySlow: 0.05 } },
    fromTheStart: false,
    untilMs: 3500,
  },
  {
    name: "a forgetful Redis",
    weights: {
      ...{ restart: 1, rewind: 4, demoteAndPromote: 3, flushAll: 2, deleteKey: 3, scriptFlush: 1 },
      ...{ outOfMemory: 2, changeReplid: 1 },
    },
    weather: {
      log: { lost: 0.15, slow: 0.1, verySlow: 0.05 },
      redis: { lost: 0.02, slow: 0.02, verySlow: 0.02 },
    },
    fromTheStart: false,
  },
  {
    name: "a late log",
    weights: {
      slowLog: 3,
      rewind: 6,
      flushAll: 1,
      pauseReader: 3,
      crashReader: 1,
      logSilent: 1,
      crashWeb: 1,
    },
    weather: { log: { lost: 0.1, slow: 0.2, verySlow: 0.2 } },
    fromTheStart: false,
  },
  {
    name: "readers",
    weights: {
      ...{
        logDown: 1,
        poison: 2,
        setAside: 1,
        rebalance: 3,
        forgetCommits: 2,
        crashReader: 4,
        pauseReader: 2,
      },
      ...{ mysqlDown: 1, addPartition: 1, restart: 1 },
    },
    weather: {
      log: { lost: 0.15, slow: 0.2, verySlow: 0.05 },
      mysql: { lost: 0.05, slow: 0.1, verySlow: 0.01 },
    },
    fromTheStart: false,
  },
  {
    name: "guardians",
    weights: {
      ...{ pauseGuardian: 4, crashGuardian: 2, loseLock: 4, mysqlDown: 1, rewind: 3, restart: 2 },
      ...{ flushAll: 1, splitBrain: 1 },
    },
    weather: {
      mysql: { lost: 0.03, slow: 0.1, verySlow: 0.02 },
      redis: { lost: 0.01, slow: 0.1, verySlow: 0.02 },
    },
    fromTheStart: false,
  },
  {
    name: "the first start",
    weights: { pauseGuardian: 4, loseLock: 4, crashGuardian: 1, newEvent: 1, slowLog: 3 },
    weather: {
      log: { lost: 0.02, slow: 0.3, verySlow: 0.05 },
      mysql: { lost: 0.01, slow: 0.2, verySlow: 0 },
    },
    fromTheStart: true,
    untilMs: 1500,
  },
  {
    name: "an operator",
    weights: {
      ...{ raiseLimit: 3, toggleEvent: 4, closeEvent: 2, reopenEvent: 1, newEvent: 3, flushAll: 3 },
      ...{ rewind: 2, restart: 1, crashGuardian: 1, deleteKey: 1 },
    },
    weather: {
      redis: { lost: 0.03, slow: 0.15, verySlow: 0.05 },
      log: { lost: 0.1, slow: 0.1, verySlow: 0.02 },
    },
    fromTheStart: false,
  },
  {
    name: "wrong clocks",
    weights: { redisClock: 5, wrongClock: 2, pauseWeb: 3, raiseLimit: 2, rewind: 1, cutFromMysql: 1 },
    weather: { log: { lost: 0.2, slow: 0.1, verySlow: 0.02 } },
    fromTheStart: false,
  },
  {
    name: "refused rows",
    weights: { refuseRow: 6, mendRows: 2, discardSeat: 5, flushAll: 2, rewind: 4, deleteKey: 2 },
    weather: { mysql: { lost: 0.01, slow: 0.3, verySlow: 0 } },
    fromTheStart: false,
    untilMs: 4000,
  },
  {
    name: "the books",
    weights: {
      ...{
        loseRow: 4,
        archiveEvent: 5,
        closeEvent: 1,
        reopenEvent: 2,
        raiseLimit: 1,
        restart: 1,
        slowLog: 2,
      },
      ...{ pauseGuardian: 2, crashGuardian: 2, loseLock: 2, pauseReader: 3, crashReader: 1, crashWeb: 1 },
      ...{ mysqlDown: 1, freezeRedis: 1 },
    },
    weather: {
      log: { lost: 0.1, slow: 0.2, verySlow: 0.05 },
      redis: { lost: 0.03, slow: 0.05, verySlow: 0.01 },
      mysql: { lost: 0.02, slow: 0.1, verySlow: 0.01 },
    },
    fromTheStart: false,
    untilMs: 5000,
  },
] as const satisfies readonly Theme[];

export type ThemeName = (typeof themes)[number]["name"];

export function themeOf(seed: number): Theme {
  return themes[seed % themes.length] as Theme;
}

/**
 * Draws faults from the theme and lets them happen from now on for `untilMs`.
 * @returns when
 */
export function scheduleFaults(
  world: World,
  random: Random,
  call: { theme: Theme; untilMs: number },
): number[] {
  const { theme, untilMs } = call;
  const lots = Object.entries(theme.weights).flatMap(([name, weight]) =>
    Array(weight).fill(name),
  ) as FaultName[];
  return Array.from({ length: random.between(1, 6) }, () => {
    const name = random.pick(lots);
    const ofThis = random.fork();
    const atMs = random.between(0, Math.min(untilMs, theme.untilMs ?? untilMs));
    world.later(atMs, () => faults[name](world, ofThis));
    return atMs;
  });
}
