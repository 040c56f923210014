import { beforeEach, expect, it } from "vitest";
import { type ModelClock, modelClock } from "./model/model-clock.ts";
import { createPatience, type Patience } from "./patience.ts";

let clock: ModelClock;
let patience: Patience;
const never = new Promise<never>(() => {});

beforeEach(() => {
  clock = modelClock();
  patience = createPatience(clock, 100);
});

/** What has come of a wait so far. */
function watched<T>(wait: Promise<T>): { value: T | string } {
  const seen: { value: T | string } = { value: "waiting" };
  wait.then(
    (value) => Object.assign(seen, { value }),
    (error: Error) => Object.assign(seen, { value: error.message }),
  );
  return seen;
}

it("gives the result that comes in time, and its error", async () => {
  const good = watched(
    patience.within(
      clock.sleep(50).then(() => "there"),
      () => "late",
    ),
  );
  const bad = watched(
    patience.within(
      clock.sleep(50).then(() => Promise.reject(new Error("broken"))),
      () => "late",
    ),
  );
  await clock.advance(50);
  expect([good.value, bad.value]).toEqual(["there", "broken"]);
});

it("ends each wait when its own time is over, not sooner and not with the first one's", async () => {
  const first = watched(patience.within(never, () => "late"));
  await clock.advance(60);
  const second = watched(patience.within(never, () => "late"));
  await clock.advance(39);
  expect([first.value, second.value]).toEqual(["waiting", "waiting"]);
  await clock.advance(1);
  expect([first.value, second.value]).toEqual(["late", "waiting"]);
  await clock.advance(60);
  expect(second.value).toBe("late");
});

it("goes on with a wait that begins just when the last one has ended", async () => {
  await patience.within(Promise.resolve(1), () => 0);
  const next = watched(patience.within(never, () => "late"));
  await clock.advance(100);
  expect(next.value).toBe("late");
});

it("rests for a wait that begins in the very moment in which the last one ends", async () => {
  let sleeps = 0;
  /** A sleep that is called off needs a few turns to end, as a real one does. */
  const drowsy = {
    ...clock,
    async sleep(ms: number, signal?: AbortSignal) {
      sleeps += 1;
      await (sleeps > 10 ? never : clock.sleep(ms, signal));
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    },
  };
  const two = createPatience(drowsy, 100);
  const next = watched(
    two.within(Promise.resolve(), () => undefined).then(() => two.within(never, () => "late")),
  );
  await clock.advance(100);
  expect(next.value).toBe("late");
});

it("keeps one timer for a thousand waits, and none when nothing is waited for", async () => {
  let timers = 0;
  const counting = {
    ...clock,
    sleep: async (ms: number, signal?: AbortSignal) => {
      timers += 1;
      await clock.sleep(ms, signal);
      timers -= 1;
    },
  };
  const many = createPatience(counting, 100);
  const waits = Array.from({ length: 1000 }, () => many.within(clock.sleep(10), () => undefined));
  expect(timers).toBe(1);
  await clock.advance(10);
  await Promise.all(waits);
  await clock.advance(0);
  expect(timers).toBe(0);
});
