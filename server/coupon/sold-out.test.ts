/** "Sold out" from memory: who may hear it, for how long, and that it ends with whatever it rests on. */
import { beforeEach, describe, expect, it } from "vitest";
import type { CouponEvent } from "./coupon-event.ts";
import { type ModelWeb, type ModelWorld, modelWorld } from "./model/model-world.ts";

let world: ModelWorld;
let web: ModelWeb;
/** users of whom the gate was asked for a seat, in order */
let asked: string[];

beforeEach(async () => {
  world = modelWorld();
  world.addEvent({ issueLimit: 2 });
  web = world.web();
  await world.run(2000);
  asked = [];
  const { claim: ask } = world.gate;
  world.gate.claim = (call) => {
    asked.push(...call.userIds);
    return ask(call);
  };
});

const claim = async (userId: string, from = web) =>
  (await from.claims.claim({ eventId: 1, userId, requestId: `request-${userId}` })).status;

/** Two winners, and one who came too late: from then on the process remembers. */
async function sellOut(): Promise<void> {
  expect([await claim("kim"), await claim("lee"), await claim("late")]).toEqual(["won", "won", "sold_out"]);
  await world.clock.advance(10);
  asked = [];
}

describe("an event that is sold out", () => {
  it("is not asked about again for everyone who comes too late", async () => {
    await sellOut();
    expect([await claim("late"), await claim("later"), await claim("latest")]).toEqual(
      Array(3).fill("sold_out"),
    );
    expect(asked).toEqual([]);
  });

  it("is still asked about for whoever holds a seat, also one that is only reserved", async () => {
    world.log.mode = "silent";
    expect(await claim("kim")).toBe("pending");
    world.log.mode = "up";
    expect([await claim("lee"), await claim("late")]).toEqual(["won", "sold_out"]);
    await world.clock.advance(10);
    expect([await claim("lee"), await claim("kim"), await claim("late")]).toEqual(["won", "won", "sold_out"]);
  });

  it("is asked about once in a while, however many come, and not at all when nobody does", async () => {
    await sellOut();
    let statuses = 0;
    const { status } = world.gate;
    world.gate.status = async (call) => {
      statuses += 1;
      await world.clock.sleep(100);
      return status(call);
    };
    for (let passed = 0; passed < 2000; passed += 20) {
      expect(await claim(`late-${passed}`)).toBe("sold_out");
      await web.refresh();
      await world.clock.advance(20);
    }
    expect(asked).toEqual([]);
    expect(statuses).toBeGreaterThan(2);
    expect(statuses).toBeLessThan(8);
    const before = statuses;
    await world.clock.advance(3000);
    expect(statuses).toBe(before);
  });
});

describe("the memory", () => {
  it("ends a second after the gate was asked", async () => {
    await sellOut();
    world.gate.status = () => Promise.reject(new Error("not just now"));
    await world.clock.advance(980);
    expect(await claim("late")).toBe("sold_out");
    expect(asked).toEqual([]);
    await world.clock.advance(20);
    await claim("late");
    expect(asked).toEqual(["late"]);
  });

  it.each(["forward", "back"])(
    "ends when the wall clock is set %s: the machine may have slept",
    async (way) => {
      await sellOut();
      world.clock.shiftWall(way === "forward" ? 1100 : -1100);
      await claim("late");
      expect(asked).toEqual(["late"]);
    },
  );

  it("ends with the lease", async () => {
    await sellOut();
    web.lease.holds = () => false;
    expect(await claim("late")).toBe("unavailable");
  });

  it("ends before a seat of a raised limit is given away", async () => {
    await sellOut();
    const other = world.web();
    await other.refresh();
    change({ issueLimit: 4, version: 2 });
    await world.run(500);
    for (let passed = 0; passed < 3000; passed += 50) {
      const first = await claim("early-bird", other);
      const second = await claim("late");
      if (first === "won") return expect(second).toBe("won");
      await world.clock.advance(50);
      await Promise.all([web.refresh(), other.refresh()]);
    }
    throw new Error("the new seats never came");
  });

  it("knows those who won the seats of a raised limit, when these are taken as well", async () => {
    await sellOut();
    change({ issueLimit: 4, version: 2 });
    await world.run(2000);
    const other = world.web();
    await other.refresh();
    expect([await claim("new", other), await claim("newer", other)]).toEqual(["won", "won"]);
    for (let time = 0; time < 5; time += 1) {
      expect(await claim("late")).toBe("sold_out");
      expect(await claim("newer")).toBe("won");
      await world.clock.advance(100);
    }
  });

  it("says nothing of an event that the operator has paused or closed", async () => {
    await sellOut();
    change({ status: "paused", version: 2 });
    await web.refresh();
    await claim("late");
    expect(asked).toEqual(["late"]);
  });

  it("ends at the end of the claims, which is then the answer", async () => {
    const closesAtMs = world.clock.wallMs() + 600;
    world.addEvent({ issueLimit: 1, closesAtMs });
    await world.run(250);
    const press = (userId: string) => web.claims.claim({ eventId: 2, userId, requestId: "request" });
    expect([(await press("kim")).status, (await press("late")).status]).toEqual(["won", "sold_out"]);
    await world.clock.advance(10);
    await world.clock.advance(closesAtMs - world.clock.wallMs());
    expect((await press("late")).status).toBe("closed");
  });

  it("does not begin while the list of holders may have a hole", async () => {
    const { allSeats } = world.gate;
    world.gate.allSeats = async (call) => {
      const reply = await allSeats(call);
      return reply.fenced
        ? reply
        : { fenced: false, value: { ...reply.value, seats: reply.value.seats.slice(1) } };
    };
    await sellOut();
    expect(await claim("kim")).toBe("won");
    await claim("late");
    expect(asked).toContain("late");
  });
});

/** What the operator's command writes; the guardian brings it to the gate. */
function change(fields: Partial<CouponEvent>): void {
  const { events } = world.database.tables();
  const event = events.get(1);
  if (event) events.set(1, { ...event, ...fields });
}
