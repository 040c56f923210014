/** A stage for histories that are told step by step: nothing goes wrong here unless the script says so. */
import { newEvent } from "./chaos-operator.ts";
import { createWorld } from "./create-world.ts";
import { demandLiveness, healWorld } from "./healing.ts";
import { seededRandom } from "./random.ts";
import type { CallName, Fate } from "./wire.ts";
import type { PlantedFault, Question } from "./world.ts";
import { WALL_START_MS, type World, type WorldSettings } from "./world.ts";

type Match = Partial<CallName>;
type Rule = { match: Match; fate: (call: CallName) => Partial<Fate>; left: number };

export type Held = {
  /** whether the call has come to the point where it is held */
  arrived(): boolean;
  release(): void;
};

export type Stage = {
  world: World;
  pass(ms: number): Promise<void>;
  until(condition: () => boolean): Promise<void>;
  /** What becomes of the next calls that match. */
  next(match: Match, fate: Partial<Fate>, times?: number): void;
  /** Keeps back the next matching request, or the reply to it, until it is released. */
  hold(match: Match, what: "request" | "reply"): Held;
  /** Runs something when the next matching call has had its effect; its reply arrives after `replyMs`. */
  at(match: Match, run: () => void, replyMs?: number): { arrived(): boolean };
  ask(question: Question, userId: string, options?: { web?: number; eventId?: number }): void;
  /** Asks, waits for the answer, and returns it: "won 1", "sold_out", … or "nothing" when none came. */
  hear(question: Question, userId: string, options?: { web?: number; eventId?: number }): Promise<string>;
  epoch(): number;
  /** Ends the faults and demands what is promised for then. @returns the broken promise, or null */
  end(): Promise<string | null>;
};

const STEP_MS = 10;
const PATIENCE_MS = 60_000;

export type StageSettings = Partial<WorldSettings> & { limit?: number; events?: number };

/** @returns a stage whose events' gates are open */
export async function openStage(options: StageSettings & { planted?: PlantedFault } = {}): Promise<Stage> {
  const stage = setStage(options);
  await stage.until(() => stage.world.redis.master().events.get(options.events ?? 1)?.state === "open");
  await stage.pass(1500);
  return stage;
}

/** @returns a stage on which nothing has happened yet: the first gate is still to be built */
export function setStage(options: StageSettings & { planted?: PlantedFault } = {}): Stage {
  const { planted = {}, limit = 2, events = 1, ...settings } = options;
  const rules: Rule[] = [];
  const world = createWorld({
    settings: {
      ...{ leaseMs: 1000, topic: "coupon.request", partitions: 1 },
      ...{ webs: 2, readers: 1, guardians: 1, failingClock: "wall" },
      ...settings,
    },
    random: seededRandom(1),
    planted,
    withTrace: true,
    duplicates: 0,
    fates: (call) => {
      const rule = rules.find((candidate) => candidate.left > 0 && matches(candidate.match, call));
      if (rule) rule.left -= 1;
      return { requestMs: 1, replyMs: 1, lost: "nothing", ...rule?.fate(call) };
    },
  });
  for (let id = 1; id <= events; id += 1) {
    const event = newEvent({ opensAtMs: WALL_START_MS - 1000, issueLimit: limit });
    world.database.tables.events.set(id, { ...event, id, status: "active", version: 1, openedEpoch: null });
  }

  async function run(done: () => boolean, patienceMs: number): Promise<boolean> {
    let over = false;
    const untilMs = world.scheduler.nowMs() + patienceMs;
    const look = () => {
      over = done() || world.scheduler.nowMs() >= untilMs;
      if (!over) world.scheduler.after(STEP_MS, look);
    };
    look();
    await world.scheduler.run(() => over);
    return done();
  }

  const stage: Stage = {
    world,
    pass: async (ms) => void (await run(() => false, ms)),
    async until(condition) {
      if (!(await run(condition, PATIENCE_MS)) && !world.book.broken())
        throw new Error(`this never happens: ${condition}\n${world.lines.slice(-40).join("\n")}`);
    },
    next(match, fate, times = 1) {
      rules.push({ match, fate: () => fate, left: times });
    },
    hold(match, what) {
      let go: (() => void) | null = null;
      let released = false;
      const keep = (continuation: () => void) => {
        if (released) continuation();
        else go = continuation;
      };
      rules.push({
        match,
        left: 1,
        fate: () => (what === "request" ? { holdRequest: keep } : { holdReply: keep }),
      });
      return {
        arrived: () => go !== null,
        release() {
          released = true;
          go?.();
        },
      };
    },
    at(match, act, replyMs = 1) {
      let happened = false;
      const keep = (continuation: () => void) => {
        happened = true;
        act();
        world.scheduler.after(replyMs, continuation);
      };
      rules.push({ match, left: 1, fate: () => ({ holdReply: keep, patient: true }) });
      return { arrived: () => happened };
    },
    ask(question, userId, { web = 0, eventId = 1 } = {}) {
      world.webs[web]?.ask(question, { eventId, userId });
    },
    async hear(question, userId, { web = 0, eventId = 1 } = {}) {
      const sinceMs = world.scheduler.nowMs();
      stage.ask(question, userId, { web, eventId });
      const answer = () => {
        const last = world.book.lastAnswer(eventId, userId);
        return last && last.atMs >= sinceMs ? last : undefined;
      };
      await run(() => answer() !== undefined, 5000);
      const heard = answer();
      return heard ? heard.said : "nothing";
    },
    epoch: () => world.database.tables.gate.epoch,
    async end() {
      if (!world.book.broken()) {
        healWorld(world);
        await demandLiveness(world);
      }
      const broken = world.book.broken();
      return broken && `${broken.promise}: ${broken.sentence}`;
    },
  };
  return stage;
}

function matches(match: Match, call: CallName): boolean {
  return Object.entries(match).every(([key, value]) => call[key as keyof CallName].startsWith(value));
}
