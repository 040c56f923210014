/** Who listens hears each change once, and however many listen, the gate is asked four times a second at most. */
import { beforeEach, describe, expect, it } from "vitest";
import type { CouponEvent } from "./coupon-event.ts";
import { createDirectory, type Directory } from "./directory.ts";
import { createEventViews, type EventView } from "./list.ts";
import { createLiveEvents, type Listener, type LiveEvents } from "./live.ts";
import { type ModelWeb, type ModelWorld, modelWorld, silentReporter } from "./model/model-world.ts";

const SECOND = 1000;

let world: ModelWorld;
let web: ModelWeb;
let directory: Directory;
let live: LiveEvents;
let counts: Record<string, number>;

beforeEach(async () => {
  world = modelWorld();
  world.addEvent({ issueLimit: 10 });
  web = world.web();
  directory = createDirectory({ source: world.database });
  counts = {};
  letListen({ all: 5, ofEvent: 3 });
  await world.run(2 * SECOND);
  await directory.refresh();
});

function letListen(max: { all: number; ofEvent: number }): void {
  live = createLiveEvents({
    directory,
    views: createEventViews({ directory, readings: web.readings }),
    clock: world.clock,
    reporter: {
      ...silentReporter,
      count: (name, amount = 1) => {
        counts[name] = (counts[name] ?? 0) + amount;
      },
      gauge: (name, value) => {
        counts[name] = value;
      },
    },
    max,
  });
}

type Recorder = Listener & {
  views: EventView[];
  remaining: () => (number | null)[];
  busy: boolean;
  ended: boolean;
};

function recorder(): Recorder {
  const views: EventView[] = [];
  const listener: Recorder = {
    views,
    busy: false,
    ended: false,
    remaining: () => views.map(({ remaining }) => remaining),
    hear(view) {
      if (!listener.busy) views.push(view);
      return !listener.busy;
    },
    end() {
      listener.ended = true;
    },
  };
  return listener;
}

function listener(eventId = 1): Recorder {
  const recorded = recorder();
  live.listen(eventId, recorded);
  return recorded;
}

const claim = (userId: string, eventId = 1) => web.claims.claim({ eventId, userId, requestId: "r" });
/** The lease goes on while time passes. */
const pass = (ms: number) => world.run(ms);

/** The lease goes on while nobody but the web process does anything. */
async function underLease(
  ms: number,
  everyNowAndThen: () => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  for (let passed = 0; passed < ms; passed += 50) {
    await web.lease.refresh();
    await everyNowAndThen();
    await world.clock.advance(50);
  }
}

/** How often the gate of an event was asked how it is. */
function countReadings(): () => number {
  let readings = 0;
  const { status } = world.gate;
  world.gate.status = (call) => {
    if (call.userIds.length === 0 && call.epoch > 0) readings += 1;
    return status(call);
  };
  return () => readings;
}

describe("a listener", () => {
  it("hears how things stand, then each change once, and nothing while nothing changes", async () => {
    const one = listener();
    await pass(SECOND);
    expect(one.remaining()).toEqual([10]);
    await claim("kim");
    await pass(SECOND);
    expect(one.remaining()).toEqual([10, 9]);
    await pass(10 * SECOND);
    expect(one.remaining()).toEqual([10, 9]);
  });

  it("hears a burst of changes as few, four a second, and the last one of them", async () => {
    const one = listener();
    await world.clock.advance(1);
    for (let user = 0; user < 10; user += 1) {
      await claim(`user-${user}`);
      await world.clock.advance(50);
    }
    await world.clock.advance(300);
    expect(one.views.length).toBeLessThanOrEqual(5);
    expect(one.views.at(-1)).toMatchObject({ remaining: 0, state: "sold_out" });
    const times = one.views.map(({ asOfMs }) => asOfMs);
    for (const [index, time] of times.entries())
      expect(time - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(250);
  });

  it("hears that the event opens at its second, and what an operator changes", async () => {
    const opensAtMs = world.clock.wallMs() + 5 * SECOND;
    const { id } = world.addEvent({ opensAtMs });
    await pass(2 * SECOND);
    await directory.refresh();
    const one = listener(id);
    await pass(5 * SECOND);
    expect(one.views.map(({ state }) => state)).toEqual(["scheduled", "open"]);
    expect(one.views[1]?.nowMs).toBeGreaterThanOrEqual(opensAtMs);
    expect(one.views[1]?.nowMs).toBeLessThan(opensAtMs + 600);
    const event = world.database.tables().events.get(id) as CouponEvent;
    world.database.tables().events.set(id, { ...event, status: "paused", version: 2 });
    await pass(2 * SECOND);
    expect(one.views.at(-1)).toMatchObject({ state: "paused", event: { version: 2 } });
  });

  it("gets the same object as everybody else, so that it is encoded once", async () => {
    const [one, other] = [listener(), listener()];
    await pass(SECOND);
    const late = listener();
    await pass(SECOND);
    await claim("kim");
    await pass(SECOND);
    expect(one.views).toHaveLength(2);
    expect(other.views[0]).toBe(one.views[0]);
    expect(late.views.at(-1)).toBe(one.views.at(-1));
    expect(late.remaining()).toEqual([10, 9]);
  });

  it("that is busy is passed over, and counted", async () => {
    const [slow, quick] = [listener(), listener()];
    await pass(SECOND);
    slow.busy = true;
    await claim("kim");
    await pass(SECOND);
    expect([slow.remaining(), quick.remaining()]).toEqual([[10], [10, 9]]);
    expect(counts).toMatchObject({ live_frames: 3, live_skipped: 1, live_listeners: 2 });
  });

  it("that has left hears nothing any more", async () => {
    const [gone, other] = [listener(), listener()];
    await pass(SECOND);
    live.leave(1, gone);
    live.leave(1, gone);
    await claim("kim");
    await pass(SECOND);
    expect([gone.remaining(), other.remaining()]).toEqual([[10], [10, 9]]);
    expect(counts.live_listeners).toBe(1);
  });
});

describe("the gate", () => {
  it("is asked four times a second, however many listen and look, and never while nobody does", async () => {
    const readings = countReadings();
    await underLease(10 * SECOND);
    expect(readings()).toBe(0);
    const everyone = [listener(), listener(), listener()];
    const views = createEventViews({ directory, readings: web.readings });
    await underLease(4 * SECOND, () => views.get(1));
    expect(readings()).toBeGreaterThan(8);
    expect(readings()).toBeLessThanOrEqual(4 * 4 + 1);
    for (const one of everyone) live.leave(1, one);
    await underLease(SECOND);
    const before = readings();
    await underLease(10 * SECOND);
    expect(readings()).toBe(before);
  });

  it("that cannot speak makes the number unknown, after a second look, and a number again when it can", async () => {
    const one = listener();
    await pass(SECOND);
    world.gate.failNext("not_sent");
    await world.clock.advance(SECOND);
    expect(one.remaining()).toEqual([10]);
    world.gate.unreachable = true;
    await world.clock.advance(SECOND);
    expect(one.remaining()).toEqual([10, null]);
    expect(one.views[1]).toMatchObject({ state: "open" });
    world.gate.unreachable = false;
    await pass(SECOND);
    expect(one.remaining()).toEqual([10, null, 10]);
  });

  it("is not believed by a process without the lease", async () => {
    const one = listener();
    await pass(SECOND);
    // Nobody renews the lease.
    await world.clock.advance(6 * SECOND);
    await claim("kim");
    await world.clock.advance(SECOND);
    expect(one.remaining()).toEqual([10, null]);
  });
});

describe("nobody is admitted", () => {
  it("to an event that does not exist", async () => {
    await expect(live.admit(99)).rejects.toThrow("no coupon event 99");
    await live.admit(1);
  });

  it("beyond what an event or the process can serve, until somebody leaves", async () => {
    const other = world.addEvent().id;
    await pass(SECOND);
    await directory.refresh();
    const three = [listener(), listener(), listener()];
    await expect(live.admit(1)).rejects.toThrow("too many");
    await live.admit(other);
    const [first] = [listener(other), listener(other)];
    await expect(live.admit(other)).rejects.toThrow("too many");
    expect(counts.live_refused).toBe(2);
    live.leave(other, first);
    await live.admit(other);
    await expect(live.admit(1)).rejects.toThrow("too many");
    live.leave(1, three[0] as Recorder);
    await live.admit(1);
  });

  it("to a process that stops, and everybody is sent away", async () => {
    const one = listener();
    await pass(SECOND);
    live.close();
    const late = listener();
    expect([one.ended, late.ended]).toEqual([true, true]);
    await expect(live.admit(1)).rejects.toThrow("too many");
    await claim("kim");
    await pass(SECOND);
    expect(one.remaining()).toEqual([10]);
  });
});

it("a crowd is told in slices, and who joins or leaves meanwhile misses nothing", async () => {
  letListen({ all: 5000, ofEvent: 5000 });
  const crowd = Array.from({ length: 1700 }, () => listener());
  await pass(SECOND);
  await claim("kim");
  const late = listener();
  live.leave(1, crowd[1600] as Recorder);
  await pass(SECOND);
  for (const [index, one] of crowd.entries())
    expect(one.remaining(), String(index)).toEqual(index === 1600 ? [10] : [10, 9]);
  expect(late.remaining()).toEqual([9]);
});
