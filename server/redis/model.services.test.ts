/**
 * The gate against a model of a few lines: whatever claims, confirms, changes and rebuilds come in whatever order,
 * every answer is the model's. Time is the gate's own, as each answer tells it.
 */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { GateSettings } from "#server/coupon/coupon-event";
import { LIMIT_RAISE_DELAY_MS } from "#server/coupon/ports";
import { eventKeys } from "./keys.ts";
import { startTestGate, type TestGate, value } from "./testing.ts";

const RUNS = 100;
const PEOPLE = ["Kim", "kim", "lee", "park", "choi", "jung"];

let t: TestGate;
beforeAll(async () => {
  t = await startTestGate();
});
afterAll(() => t.stop());

type Model = {
  eventId: number;
  epoch: number;
  settings: GateSettings;
  claimLimit: number;
  /** when claims obey settings.limit */
  raiseAtMs: number;
  seats: Map<string, { rank: number; claimedAtMs: number; pending: boolean }>;
  next: number;
};
type Step = fc.AsyncCommand<Model, object>;

function obeyedLimit(model: Model, nowMs: number): number {
  return nowMs >= model.raiseAtMs ? model.settings.limit : model.claimLimit;
}

function expectedRefusal({ settings }: Model, nowMs: number): string | null {
  const ended = settings.closesAtMs !== null && nowMs >= settings.closesAtMs;
  if (settings.status === "closed" || settings.status === "archived" || ended) return "closed";
  if (settings.status === "paused") return "paused";
  return nowMs < settings.opensAtMs ? "not_open" : null;
}

class Claim implements Step {
  readonly userIds: string[];
  constructor(userIds: string[]) {
    this.userIds = userIds;
  }
  check = () => true;
  toString = () => `claim(${this.userIds})`;
  async run(model: Model) {
    const { epoch, eventId } = model;
    const reply = value(await t.gate.claim({ epoch, eventId, userIds: this.userIds }));
    expect(reply.issueLimit).toBe(model.settings.limit);
    for (const [index, userId] of this.userIds.entries()) {
      expect(reply.decisions[index]).toEqual(decide(model, userId, reply.nowMs));
    }
  }
}

function decide(model: Model, userId: string, nowMs: number): object {
  const seat = model.seats.get(userId);
  if (seat) return { decision: "seated", userId, ...seat, isNew: false };
  const refusal = expectedRefusal(model, nowMs);
  if (refusal === "not_open") return { decision: refusal, opensAtMs: model.settings.opensAtMs };
  if (refusal) return { decision: refusal };
  if (model.next >= obeyedLimit(model, nowMs)) return { decision: "sold_out" };
  model.next += 1;
  const taken = { rank: model.next, claimedAtMs: nowMs, pending: true };
  model.seats.set(userId, taken);
  return { decision: "seated", userId, ...taken, isNew: true };
}

class Confirm implements Step {
  readonly userId: string;
  readonly rank: number;
  constructor(userId: string, rank: number) {
    this.userId = userId;
    this.rank = rank;
  }
  check = () => true;
  toString = () => `confirm(${this.userId}, ${this.rank})`;
  async run(model: Model) {
    const { epoch, eventId } = model;
    const seats = [{ userId: this.userId, rank: this.rank, claimedAtMs: 0 }];
    const seat = model.seats.get(this.userId);
    const matches = seat?.pending && seat.rank === this.rank;
    if (seat && matches) seat.pending = false;
    expect(value(await t.gate.confirm({ epoch, eventId, seats }))).toEqual({ removed: matches ? 1 : 0 });
  }
}

class Configure implements Step {
  readonly settings: GateSettings;
  constructor(settings: GateSettings) {
    this.settings = settings;
  }
  check = () => true;
  toString = () => `configure(${JSON.stringify(this.settings)})`;
  async run(model: Model) {
    const { epoch, eventId } = model;
    const reply = value(await t.gate.configure({ epoch, eventId, settings: this.settings }));
    if (this.settings.version > model.settings.version) {
      const limit = Math.max(model.settings.limit, this.settings.limit);
      if (limit > model.settings.limit) {
        expect(reply.limitEffectiveInMs).toBe(LIMIT_RAISE_DELAY_MS);
        const { nowMs, limitEffectiveInMs } = value(await t.gate.status({ epoch, eventId, userIds: [] }));
        const raiseAtMs = nowMs + limitEffectiveInMs;
        model.claimLimit = obeyedLimit(model, raiseAtMs - LIMIT_RAISE_DELAY_MS);
        model.raiseAtMs = raiseAtMs;
      }
      model.settings = { ...this.settings, limit };
    }
    expect(reply.version).toBe(model.settings.version);
  }
}

/** The wait of a raised limit, over in no time. */
class LetRaiseCount implements Step {
  check = () => true;
  toString = () => "letRaiseCount";
  async run(model: Model) {
    const [metaKey] = eventKeys(model.eventId);
    const waiting = await t.redis.client.hget(metaKey, "newLimit");
    if (waiting) await t.redis.client.hset(metaKey, "newLimitAtMs", 1);
    model.raiseAtMs = 0;
  }
}

class Rebuild implements Step {
  check = () => true;
  toString = () => "rebuild";
  async run(model: Model) {
    model.epoch += 1;
    const { epoch, eventId, settings, next } = model;
    await t.gate.loadScripts(epoch);
    expect(value(await t.gate.begin({ epoch, eventId, firstOpening: false }))).toBe("begun");
    expect(value(await t.gate.open({ epoch, eventId, settings, next }))).toBe("open");
    model.raiseAtMs = 0;
  }
}

class Look implements Step {
  check = () => true;
  toString = () => "look";
  async run(model: Model) {
    const { epoch, eventId, settings, next, seats } = model;
    const status = value(await t.gate.status({ epoch, eventId, userIds: PEOPLE }));
    const pending = [...seats.values()].filter((seat) => seat.pending).length;
    const held = PEOPLE.map((userId) => (seats.has(userId) ? { userId, ...seats.get(userId) } : null));
    const remaining = settings.limit - seats.size;
    const claimLimit = obeyedLimit(model, status.nowMs);
    expect(status).toMatchObject({ settings, next, pending, free: 0, remaining, claimLimit, seats: held });
    const outbox = value(await t.gate.pendingSeats({ epoch, eventId, olderThanMs: 0, limit: 100 }));
    expect(outbox.map((seat) => seats.get(seat.userId)?.rank).sort()).toEqual(
      [...seats.values()].flatMap((seat) => (seat.pending ? [seat.rank] : [])).sort(),
    );
  }
}

const PAST_MS = 1000;
const FUTURE_MS = 4_000_000_000_000;
const person = fc.constantFrom(...PEOPLE);
const settings = fc.record({
  version: fc.integer({ min: 1, max: 30 }),
  limit: fc.integer({ min: 1, max: PEOPLE.length }),
  opensAtMs: fc.oneof({ weight: 4, arbitrary: fc.constant(PAST_MS) }, fc.constant(FUTURE_MS)),
  closesAtMs: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(null, FUTURE_MS + 1) },
    fc.constant(PAST_MS + 1),
  ),
  status: fc.oneof(
    { weight: 4, arbitrary: fc.constant("active") },
    fc.constantFrom("paused", "closed", "archived"),
  ),
}) as fc.Arbitrary<GateSettings>;
const commands = fc.commands<Model, object, boolean>(
  [
    fc.uniqueArray(person, { minLength: 1 }).map((userIds) => new Claim(userIds)),
    person.map((userId) => new Claim([userId])),
    fc
      .tuple(person, fc.integer({ min: 1, max: PEOPLE.length }))
      .map(([userId, rank]) => new Confirm(userId, rank)),
    settings.map((changed) => new Configure(changed)),
    fc.constant(new LetRaiseCount()),
    fc.constant(new Rebuild()),
    fc.constant(new Look()),
  ],
  { size: "+1" },
);

test("the gate answers as a plain line of people would, in every order of events", async () => {
  let lastEpoch = 1;
  await fc.assert(
    fc.asyncProperty(settings, commands, async (first, steps) => {
      const eventId = t.newEventId();
      // Epochs go on from run to run, so that each run loads scripts that no other has.
      const epoch = ++lastEpoch;
      await t.gate.loadScripts(epoch);
      value(await t.gate.begin({ epoch, eventId, firstOpening: true }));
      value(await t.gate.open({ epoch, eventId, settings: first, next: 0 }));
      const model: Model = {
        eventId,
        epoch,
        settings: first,
        claimLimit: first.limit,
        raiseAtMs: 0,
        seats: new Map(),
        next: 0,
      };
      await fc.asyncModelRun(() => ({ model, real: {} }), steps);
      lastEpoch = model.epoch;
    }),
    { numRuns: RUNS },
  );
});
