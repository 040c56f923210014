/** One history: a world, a crowd, faults, healing, and the verdict. The seed decides everything. */
import type { Broken } from "./book.ts";
import { scheduleFaults, type Theme, themeOf } from "./chaos.ts";
import { newEvent } from "./chaos-operator.ts";
import { createWorld } from "./create-world.ts";
import { scheduleCrowd } from "./crowd.ts";
import { CALM, randomFates, type Weather } from "./fates.ts";
import { demandLiveness, healWorld, LATE_MS } from "./healing.ts";
import type { ServiceName } from "./process.ts";
import { type Random, seededRandom } from "./random.ts";
import type { PlantedFault } from "./world.ts";
import { WALL_START_MS, type World } from "./world.ts";

export type Verdict = {
  seed: number;
  theme: string;
  broken: Broken | null;
  /** steps of the scheduler */
  steps: number;
  /** empty unless asked for */
  lines: readonly string[];
};

/** What the first gates need, at least; somebody should have won something before everything is mended. */
const FIRST_START_MS = 3000;
/** A planted fault may keep the gates from ever opening. */
const START_MAX_MS = 10_000;

export async function runHistory(
  seed: number,
  options: { planted?: PlantedFault; withTrace?: boolean } = {},
): Promise<Verdict> {
  const random = seededRandom(seed);
  const theme = themeOf(seed);
  const forMs = random.between(5000, 9000) + (theme.fromTheStart ? FIRST_START_MS : 0);
  let healAtMs = Number.POSITIVE_INFINITY;
  let isStormy = theme.fromTheStart;
  const fates = randomFates({
    random: random.fork(),
    weather: (service) => (isStormy && !world.healed ? weatherOf(world, theme, service) : CALM),
    latestMs: () => Math.max(700, healAtMs + LATE_MS - world.scheduler.nowMs()),
  });
  const world: World = createWorld({
    settings: drawSettings(random),
    random: random.fork(),
    fates,
    ...options,
  });
  addEvents(world, random.fork());
  if (!theme.fromTheStart) await untilOpen(world);

  isStormy = true;
  healAtMs = world.scheduler.nowMs() + forMs;
  const troubleMs = scheduleFaults(world, random.fork(), { theme, untilMs: forMs });
  scheduleCrowd(world, random.fork(), {
    ...{ users: random.between(5, 12), rushes: random.between(6, 16) },
    ...{ fromMs: theme.fromTheStart ? FIRST_START_MS / 2 : 0, untilMs: forMs, troubleMs },
  });
  let over = false;
  world.scheduler.after(forMs, () => {
    healWorld(world);
    over = true;
  });
  await world.scheduler.run(() => over || world.book.broken() !== null);
  if (!world.book.broken()) await demandLiveness(world);
  const { book, scheduler, lines } = world;
  return { seed, theme: theme.name, broken: book.broken(), steps: scheduler.steps(), lines };
}

function weatherOf({ scheduler, slowLogUntilMs }: World, theme: Theme, service: ServiceName): Weather {
  const weather = theme.weather[service] ?? CALM;
  const isSlow = service === "log" && scheduler.nowMs() < slowLogUntilMs;
  return isSlow ? { ...weather, verySlow: 0.4 } : weather;
}

/** The first gates are built in peace. */
async function untilOpen({ scheduler, redis, database, book }: World): Promise<void> {
  const { events } = redis.master();
  const ids = [...database.tables.events.keys()];
  const isOpen = () =>
    ids.every((id) => events.get(id)?.state === "open") || scheduler.nowMs() > START_MAX_MS;
  await scheduler.run(() => isOpen() || book.broken() !== null);
}

function drawSettings(random: Random) {
  return {
    leaseMs: random.pick([1000, 1500, 3000]),
    topic: "coupon.request",
    partitions: random.between(1, 3),
    webs: random.between(2, 3),
    readers: random.between(1, 2),
    guardians: random.between(1, 2),
    failingClock: random.pick(["monotonic", "wall"] as const),
  };
}

function addEvents({ database }: World, random: Random): void {
  const { events } = database.tables;
  const count = random.chance(0.3) ? 2 : 1;
  for (let id = 1; id <= count; id += 1) {
    const opensAtMs = WALL_START_MS + random.pick([-1000, -1000, 4000]);
    const event = newEvent({ opensAtMs, issueLimit: random.between(2, 5) });
    events.set(id, { ...event, id, status: "active", version: 1, openedEpoch: null });
  }
}
