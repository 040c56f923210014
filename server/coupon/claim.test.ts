/** Claims over modelled services: what a user is told, whatever breaks between the button and the log. */
import { beforeEach, describe, expect, it } from "vitest";
import { CLAIM_DEADLINE_MS, EVENT_LOOKUP_DEADLINE_MS } from "./limits.ts";
import { type ModelWeb, type ModelWorld, modelWorld } from "./model/model-world.ts";

let world: ModelWorld;
let web: ModelWeb;

beforeEach(async () => {
  world = modelWorld();
  world.addEvent({ issueLimit: 3 });
  web = world.web();
  await world.run(2000);
});

const claim = (userId: string, from = web) =>
  from.claims.claim({ eventId: 1, userId, requestId: `request-${userId}` });
const crowd = (count: number) => Array.from({ length: count }, (_, index) => `user-${index}`);

describe("claiming", () => {
  it("gives the first N one rank each and tells the others that it is sold out", async () => {
    const outcomes = await Promise.all(crowd(10).map((userId) => claim(userId)));
    const won = outcomes.filter((outcome) => outcome.status === "won");
    expect(won.map((outcome) => outcome.rank).sort()).toEqual([1, 2, 3]);
    expect(outcomes.filter((outcome) => outcome.status === "sold_out")).toHaveLength(7);
  });

  it("gives a user who claims many times at once one seat and one answer", async () => {
    const outcomes = await Promise.all([claim("kim"), claim("kim"), claim("kim")]);
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect(world.gate.keys(1)?.users.size).toBe(1);
  });

  it("gives Kim and kim a seat each", async () => {
    const [upper, lower] = await Promise.all([claim("Kim"), claim("kim")]);
    expect([upper, lower].map((outcome) => outcome.status === "won" && outcome.rank)).toEqual([1, 2]);
  });

  it("tells a winner who claims again the same rank, also after sold out", async () => {
    const first = await claim("kim");
    await Promise.all(crowd(10).map((userId) => claim(userId)));
    expect(await claim("kim")).toEqual({ ...first, repeat: true });
  });

  it("answers pending, not won, while the log does not acknowledge; the sweeper decides it later", async () => {
    world.log.mode = "silent";
    expect(await claim("kim")).toMatchObject({ status: "pending" });
    world.log.mode = "up";
    await world.run(5000);
    expect(await web.claims.status({ eventId: 1, userId: "kim" })).toMatchObject({ status: "won", rank: 1 });
  });

  it("keeps a seat pending, whoever sweeps it, until the log has acknowledged", async () => {
    world.log.mode = "silent";
    await claim("kim");
    await world.run(10_000);
    expect(world.gate.keys(1)?.pending.size).toBe(1);
  });

  it("heals a pending seat when its user claims again", async () => {
    world.log.mode = "down";
    expect(await claim("kim")).toMatchObject({ status: "pending" });
    world.log.mode = "up";
    expect(await claim("kim")).toMatchObject({ status: "won", rank: 1, repeat: true });
  });

  it("answers pending when the gate's reply is lost, and the same seat when asked again", async () => {
    world.gate.failNext("reply_lost");
    expect(await claim("kim")).toMatchObject({ status: "pending" });
    expect(await claim("kim")).toMatchObject({ status: "won", rank: 1, repeat: true });
  });

  it("answers unavailable when the gate was certainly not asked, and takes no seat", async () => {
    world.gate.failNext("not_sent");
    expect(await claim("kim")).toMatchObject({ status: "unavailable" });
    expect(world.gate.keys(1)?.users.size).toBe(0);
  });

  it("never says won or sold out without the lease", async () => {
    await Promise.all(crowd(3).map((userId) => claim(userId)));
    world.database.down = true;
    await world.clock.advance(6000);
    expect(await claim("late")).toMatchObject({ status: "unavailable" });
    expect(await claim("user-0")).toMatchObject({ status: "unavailable" });
  });

  it("says neither sold out nor none when the lease ended while the gate was asked", async () => {
    await Promise.all(crowd(3).map((userId) => claim(userId)));
    const { claim: ask, status } = world.gate;
    world.gate.claim = (call) => {
      world.clock.shiftWall(10_000);
      return ask(call);
    };
    expect(await claim("late")).toMatchObject({ status: "unavailable" });
    await world.run(1000);
    world.gate.status = (call) => {
      world.clock.shiftWall(10_000);
      return status(call);
    };
    expect(await web.claims.status({ eventId: 1, userId: "late" })).toMatchObject({ status: "unavailable" });
  });

  it("answers pending when the lease ends between seat and acknowledgement", async () => {
    const append = world.log.append;
    world.log.append = async (gate, records) => {
      world.clock.shiftWall(10_000); // the process was paused, or its clock was set
      return append(gate, records);
    };
    expect(await claim("kim")).toMatchObject({ status: "pending" });
  });

  it("answers within the deadline when the gate hangs, and leaves whoever was not asked without a seat", async () => {
    const held = Promise.withResolvers<never>();
    const asked: string[][] = [];
    world.gate.claim = async ({ userIds }) => {
      asked.push([...userIds]);
      return await held.promise;
    };
    const first = claim("kim");
    await world.clock.advance(1);
    const second = claim("lee");
    await world.clock.advance(CLAIM_DEADLINE_MS + 1);
    expect(await first).toMatchObject({ status: "pending" });
    expect(await second).toMatchObject({ status: "unavailable" });
    held.reject(new Error("closed"));
    await world.clock.advance(1);
    expect(asked).toEqual([["kim"]]);
  });

  it("says what MySQL knows while the gate is being rebuilt: a row is a row", async () => {
    const first = await claim("kim");
    await world.drainLog();
    world.gate.restart();
    expect(await claim("kim")).toEqual({ ...first, repeat: true });
    expect(await claim("lee")).toMatchObject({ status: "unavailable" });
  });

  it("rejects a claim on an event that does not exist, and finds one that was created a moment ago", async () => {
    await expect(web.claims.claim({ eventId: 99, userId: "kim", requestId: "r" })).rejects.toThrow(
      "no coupon event 99",
    );
    world.addEvent();
    await world.guardian.tick(new AbortController().signal);
    expect(await web.claims.claim({ eventId: 2, userId: "kim", requestId: "r" })).toMatchObject({ rank: 1 });
  });

  it("answers unavailable, not an error, when it cannot be known whether the event exists", async () => {
    world.database.down = true;
    expect(await web.claims.claim({ eventId: 99, userId: "kim", requestId: "r" })).toMatchObject({
      status: "unavailable",
    });
    expect(await web.claims.status({ eventId: 99, userId: "kim" })).toMatchObject({ status: "unavailable" });
  });

  it("gives no coupon that has expired already, although nothing else closes the event", async () => {
    const event = world.addEvent({ expiresAtMs: world.clock.wallMs() + 5000 });
    await world.run(6000);
    expect(await web.claims.claim({ eventId: event.id, userId: "kim", requestId: "r" })).toEqual({
      status: "closed",
    });
  });

  it("answers in time about a new event while the database hangs, and looks it up once for the whole crowd", async () => {
    let lookups = 0;
    world.database.findEvent = () => {
      lookups += 1;
      return new Promise(() => {});
    };
    const answers = crowd(50).map((userId) => web.claims.claim({ eventId: 99, userId, requestId: "r" }));
    await world.clock.advance(EVENT_LOOKUP_DEADLINE_MS + 1);
    expect(new Set((await Promise.all(answers)).map(({ status }) => status))).toEqual(
      new Set(["unavailable"]),
    );
    expect(lookups).toBe(1);
  });

  it("tells the window by the gate's clock, in the order closed, paused, not open", async () => {
    const nowMs = world.clock.wallMs();
    const later = world.addEvent({ opensAtMs: nowMs + 60_000 });
    const paused = world.addEvent({ status: "paused", opensAtMs: nowMs + 60_000 });
    const ended = world.addEvent({ opensAtMs: nowMs - 2, closesAtMs: nowMs - 1, status: "paused" });
    await world.run(1000);
    const ask = (eventId: number) => web.claims.claim({ eventId, userId: "kim", requestId: "r" });
    expect(await ask(later.id)).toEqual({ status: "not_open", opensAtMs: later.opensAtMs });
    expect(await ask(paused.id)).toEqual({ status: "paused" });
    expect(await ask(ended.id)).toEqual({ status: "closed" });
    expect([later, paused, ended].map(({ id }) => world.gate.keys(id)?.users.size)).toEqual([0, 0, 0]);
  });
});

describe("asking without claiming", () => {
  it("tells none to someone without a seat and writes nothing", async () => {
    expect(await web.claims.status({ eventId: 1, userId: "kim" })).toEqual({ status: "none" });
    expect(world.gate.keys(1)?.users.size).toBe(0);
  });

  it("never tells a winner none from rewound data", async () => {
    const rewind = world.gate.snapshot();
    await claim("kim");
    await world.drainLog();
    rewind();
    world.gate.changeServer(); // a promoted replica has another identity
    expect(await web.claims.status({ eventId: 1, userId: "kim" })).toMatchObject({ status: "won", rank: 1 });
  });
});
