/**
 * The gate against the modelled gate that the simulation searches: the same calls in whatever order, good and bad,
 * get the same answers from both, so that the model cannot drift from the scripts. Time is the gate's own, as its
 * answers tell it.
 */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { GateSettings } from "#server/coupon/coupon-event";
import { beginScript, contentScript, openScript, putScript } from "#server/coupon/model/building-scripts";
import { allGateRules, type EventKeys, type GateServer } from "#server/coupon/model/gate-server";
import {
  claimScript,
  configureScript,
  confirmScript,
  pendingScript,
  seatsScript,
  statusScript,
} from "#server/coupon/model/serving-scripts";
import type { Fenced, PutChunk } from "#server/coupon/ports";
import type { GateSeat, Seat } from "#server/coupon/seat";
import { eventKeys } from "./keys.ts";
import { startTestGate, type TestGate, value } from "./testing.ts";

const RUNS = 150;
const PEOPLE = ["Kim", "kim", "lee", "park", "choi", "jung"];
/** Between two calls the gate's clock goes on. */
const CLOCK_TOLERANCE_MS = 1000;

let t: TestGate;
beforeAll(async () => {
  t = await startTestGate();
});
afterAll(() => t.stop());

type Model = { server: GateServer; eventId: number; epoch: number; nowMs: number };
type Step = fc.AsyncCommand<Model, object>;

/** A step that is always possible; `what` is how a failing run names it. */
function step(what: string, run: (model: Model) => Promise<void>): Step {
  return { check: () => true, toString: () => what, run };
}

function keysOf({ server, eventId }: Model): EventKeys | undefined {
  return server.events.get(eventId);
}

/** A call of the epoch, or of one that is over or to come. */
const place = ({ eventId, epoch }: Model, offset: number) => ({ eventId, epoch: epoch + offset });

const claim = (offset: number, userIds: string[]) =>
  step(`claim(${offset}, ${userIds})`, async (model) => {
    const call = { ...place(model, offset), userIds };
    const reply = await t.gate.claim(call);
    if (!reply.fenced) model.nowMs = reply.value.nowMs;
    expect(reply).toEqual(claimScript(model.server, call));
  });

const confirm = (offset: number, seats: Seat[]) =>
  step(`confirm(${offset}, ${JSON.stringify(seats)})`, async (model) => {
    const call = { ...place(model, offset), seats };
    expect(await t.gate.confirm(call)).toEqual(confirmScript(model.server, call));
  });

const look = (offset: number) =>
  step(`look(${offset})`, async (model) => {
    const call = { ...place(model, offset), userIds: PEOPLE };
    const reply = await t.gate.status(call);
    if (!reply.fenced) model.nowMs = reply.value.nowMs;
    expect(reply).toEqual(statusScript(model.server, call));
    const age = { ...call, olderThanMs: 0, limit: 100 };
    expect(sorted(await t.gate.pendingSeats(age))).toEqual(sorted(pendingScript(model.server, age)));
    const all = await t.gate.allSeats(call);
    expect(sorted(seatsOf(all))).toEqual(sorted(seatsOf(seatsScript(model.server, call))));
  });

const configure = (offset: number, settings: GateSettings) =>
  step(`configure(${offset}, ${JSON.stringify(settings)})`, async (model) => {
    const call = { ...place(model, offset), settings };
    const reply = await t.gate.configure(call);
    const expected = configureScript(model.server, call);
    expect(reply.fenced).toBe(expected.fenced);
    if (reply.fenced || expected.fenced) return;
    expect(reply.value.version).toBe(expected.value.version);
    const differenceMs = reply.value.limitEffectiveInMs - expected.value.limitEffectiveInMs;
    expect(Math.abs(differenceMs)).toBeLessThan(CLOCK_TOLERANCE_MS);
    await adoptRaise(model);
  });

/** When a raised limit counts is the one moment that no answer tells exactly. */
async function adoptRaise(model: Model): Promise<void> {
  const atMs = await t.redis.client.hget(eventKeys(model.eventId)[0], "newLimitAtMs");
  const keys = keysOf(model);
  if (!keys || !atMs) return;
  expect(Math.abs(keys.newLimitAtMs - Number(atMs))).toBeLessThan(CLOCK_TOLERANCE_MS);
  keys.newLimitAtMs = Number(atMs);
}

/** The wait of a raised limit, over in no time. */
const letRaiseCount = step("letRaiseCount", async (model) => {
  const [meta] = eventKeys(model.eventId);
  const keys = keysOf(model);
  if (!(await t.redis.client.hget(meta, "newLimit")) || !keys) return;
  await t.redis.client.hset(meta, "newLimitAtMs", 1);
  keys.newLimitAtMs = 1;
});

const nextEpoch = step("nextEpoch", async (model) => {
  model.epoch += 1;
  await t.gate.loadScripts(model.epoch + 1);
});

const begin = (offset: number, firstOpening: boolean) =>
  step(`begin(${offset}, ${firstOpening})`, async (model) => {
    const call = { ...place(model, offset), firstOpening };
    expect(await t.gate.begin(call)).toEqual(beginScript(model.server, call));
  });

const content = (offset: number) =>
  step(`content(${offset})`, async (model) => {
    const call = place(model, offset);
    const [real, modelled] = [await t.gate.content(call), contentScript(model.server, call)];
    expect(real.fenced).toBe(modelled.fenced);
    if (real.fenced || modelled.fenced) return;
    expect(real.value.users.sort(byUser)).toEqual(modelled.value.users.sort(byUser));
    expect(real.value.pending.sort(byUser)).toEqual(modelled.value.pending.sort(byUser));
  });

const put = (offset: number, chunk: PutChunk) =>
  step(`put(${offset}, ${JSON.stringify(chunk)})`, async (model) => {
    const call = { ...place(model, offset), chunk };
    expect(await t.gate.put(call)).toEqual(putScript(model.server, call));
  });

const open = (offset: number, settings: GateSettings, missing: number) =>
  step(`open(${offset}, ${JSON.stringify(settings)}, ${missing})`, async (model) => {
    const keys = keysOf(model);
    const next = (keys?.users.size ?? 0) + (keys?.free.size ?? 0) + missing;
    const call = { ...place(model, offset), settings, next };
    expect(await t.gate.open(call)).toEqual(openScript(model.server, call));
  });

const rebuild = (settings: GateSettings) =>
  step(`rebuild(${JSON.stringify(settings)})`, async (model) => {
    for (const part of [nextEpoch, begin(0, false), content(0), open(0, settings, 0)])
      await part.run(model, {});
  });

/** What a rewind, an operator's hand or an eviction may do. */
const deleteKey = (index: number) =>
  step(`deleteKey(${["meta", "users", "pending", "free"][index]})`, async (model) => {
    await t.redis.client.del(eventKeys(model.eventId)[index] as string);
    const keys = keysOf(model);
    if (index === 0 && keys) keys.hasMeta = false;
    if (index === 1) keys?.users.clear();
    if (index === 2) keys?.pending.clear();
    if (index === 3) keys?.free.clear();
    // A server knows nothing of an event whose keys are all gone.
    const isGone = keys && !keys.hasMeta && keys.users.size + keys.pending.size + keys.free.size === 0;
    if (isGone) model.server.events.delete(model.eventId);
  });

function byUser(a: Seat, b: Seat): number {
  return a.userId < b.userId ? -1 : 1;
}

function seatsOf(reply: Fenced<{ seats: GateSeat[] }>): Fenced<Seat[]> {
  return reply.fenced ? reply : { fenced: false, value: reply.value.seats };
}

function sorted(reply: Fenced<Seat[]>): Fenced<Seat[]> {
  return reply.fenced ? reply : { fenced: false, value: [...reply.value].sort(byUser) };
}

const PAST_MS = 1000;
const FUTURE_MS = 4_000_000_000_000;
const person = fc.constantFrom(...PEOPLE);
const people = fc.uniqueArray(person, { minLength: 1 });
const rank = fc.integer({ min: 1, max: PEOPLE.length });
const aSeat = fc.record({ userId: person, rank, claimedAtMs: fc.constant(PAST_MS) });
const gateSeat = fc.record({
  userId: person,
  rank,
  claimedAtMs: fc.constant(PAST_MS),
  pending: fc.boolean(),
});
/** Nearly always the current epoch. */
const offset = fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.constantFrom(-1, 1));
const settings = fc.record({
  version: fc.integer({ min: 1, max: 30 }),
  limit: rank,
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
const chunk: fc.Arbitrary<PutChunk> = fc.record({
  seats: fc.uniqueArray(gateSeat, { selector: ({ userId }: GateSeat) => userId }),
  removeUsers: fc.uniqueArray(person),
  removePending: fc.uniqueArray(person),
  freeRanks: fc.uniqueArray(rank),
  clearFree: fc.boolean(),
});
const oneInTen = fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true));
const steps = fc.commands<Model, object, boolean>(
  [
    fc.tuple(offset, people).map(([at, userIds]) => claim(at, userIds)),
    fc.tuple(offset, person).map(([at, userId]) => claim(at, [userId])),
    fc
      .tuple(offset, fc.uniqueArray(aSeat, { minLength: 1, selector: ({ userId }) => userId }))
      .map(([at, seats]) => confirm(at, seats)),
    offset.map(look),
    fc.tuple(offset, settings).map(([at, changed]) => configure(at, changed)),
    fc.constant(letRaiseCount),
    settings.map(rebuild),
    fc.constant(nextEpoch),
    fc.tuple(offset, oneInTen).map(([at, first]) => begin(at, first)),
    offset.map(content),
    fc.tuple(offset, chunk).map(([at, differences]) => put(at, differences)),
    fc
      .tuple(offset, settings, fc.constantFrom(0, 0, 0, 1))
      .map(([at, opened, missing]) => open(at, opened, missing)),
    fc.integer({ min: 0, max: 3 }).map(deleteKey),
  ],
  { size: "+1" },
);

test("the gate and the model that the simulation searches answer alike, in every order of calls", async () => {
  let lastEpoch = 2;
  await fc.assert(
    fc.asyncProperty(settings, steps, async (first, calls) => {
      const eventId = t.newEventId();
      // Epochs go on from run to run, so that each run loads scripts that no other has.
      const epoch = lastEpoch + 2;
      for (const known of [epoch - 1, epoch, epoch + 1]) await t.gate.loadScripts(known);
      const model: Model = { eventId, epoch, nowMs: PAST_MS, server: modelled(() => model.nowMs) };
      value(await t.gate.begin({ epoch, eventId, firstOpening: true }));
      value(await t.gate.open({ epoch, eventId, settings: first, next: 0 }));
      beginScript(model.server, { epoch, eventId, firstOpening: true });
      openScript(model.server, { epoch, eventId, settings: first, next: 0 });
      model.nowMs = value(await t.gate.status({ epoch, eventId, userIds: [] })).nowMs;
      await fc.asyncModelRun(() => ({ model, real: {} }), calls);
      lastEpoch = model.epoch + 1;
    }),
    { numRuns: RUNS },
  );
});

function modelled(nowMs: () => number): GateServer {
  return { events: new Map(), scripts: new Set(), replid: 1, rules: allGateRules, nowMs, writesLeft: null };
}
