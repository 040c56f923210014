/** The guardian's books over modelled services: when the numbers call for a reconciliation, and when they do not. */
import { beforeEach, expect, it } from "vitest";
import { createDoubts, type Doubts } from "./doubts.ts";
import { modelKeeping } from "./model/model-keeping.ts";
import { type ModelWeb, type ModelWorld, modelWorld, silentReporter } from "./model/model-world.ts";
import type { Reporter } from "./ports.ts";

let world: ModelWorld;
let web: ModelWeb;
let gauges: Record<string, number>;
let counts: Record<string, number>;
let alarms: string[];
let doubts: Doubts;
let compare: () => Promise<void>;

beforeEach(async () => {
  world = modelWorld();
  world.addEvent({ issueLimit: 5 });
  web = world.web();
  await world.run(2000);
  [gauges, counts, alarms, doubts] = [{}, {}, [], createDoubts()];
  const reporter: Reporter = {
    ...silentReporter,
    gauge: (name, value) => {
      gauges[name] = value;
    },
    count: (name, amount = 1) => {
      counts[name] = (counts[name] ?? 0) + amount;
    },
    alarm: (message) => void alarms.push(message),
  };
  const { clock, gate, log, database, guardianLease: lease } = world;
  const { bookkeeper } = modelKeeping({ clock, gate, log, database, lease, doubts, reporter });
  compare = async () => {
    const round = bookkeeper.compare(new AbortController().signal);
    await world.run(4000);
    await round;
  };
});

const claim = (userId: string) => web.claims.claim({ eventId: 1, userId, requestId: "r" });
const coupons = () => world.database.tables().coupons;
const ranks = () => Object.fromEntries(coupons().map(({ userId, rank }) => [userId, rank]));

async function three(): Promise<void> {
  for (const userId of ["ann", "bob", "cho"]) await claim(userId);
  await world.run(1000);
}

/** Counts how often every seat of the gate is listed: a full reconciliation. */
function countListings(): () => number {
  const { allSeats } = world.gate;
  let listings = 0;
  world.gate.allSeats = (call) => {
    listings += 1;
    return allSeats(call);
  };
  return () => listings;
}

it("lists no seat as long as the numbers agree", async () => {
  const listings = countListings();
  await three();
  await compare();
  expect(listings()).toBe(0);
  expect(gauges).toMatchObject({ seats_without_row: 0, reconcile_differences: 0 });
});

it("finds a row that was lost, and has it issued again with its rank", async () => {
  await three();
  coupons().splice(1, 1);
  await compare();
  expect(ranks()).toEqual({ ann: 1, bob: 2, cho: 3 });
  expect(counts).toMatchObject({ seats_repaired: 1 });
  await compare();
  expect(gauges).toMatchObject({ seats_without_row: 0, reconcile_differences: 0 });
  expect(alarms).toEqual([]);
});

it("raises an alarm and shows the difference for as long as a lost row cannot be mended", async () => {
  await three();
  coupons().splice(1, 1);
  world.log.mode = "down";
  await compare();
  expect(gauges).toMatchObject({ seats_without_row: 1, reconcile_differences: 1 });
  expect(alarms).toHaveLength(1);
  world.log.mode = "up";
  await compare();
  expect(gauges).toMatchObject({ reconcile_differences: 0 });
  expect(ranks()).toMatchObject({ bob: 2 });
});

it("is not alarmed by what the worker has not read yet", async () => {
  const listings = countListings();
  world.workerStopped = true;
  await three();
  await compare();
  expect(listings()).toBe(0);
  expect(alarms).toEqual([]);
});

it("looks once at seats whose records are parked, and not again while their number stays", async () => {
  const listings = countListings();
  world.database.refusedUsers.add("bob");
  await three();
  for (let round = 0; round < 3; round += 1) await compare();
  expect(listings()).toBe(1);
  expect(gauges).toMatchObject({ seats_without_row: 1, reconcile_differences: 0 });
  expect(alarms).toEqual([]);
});

it("hands a row without a seat to the guardian as a doubt about this epoch, once", async () => {
  await three();
  await compare();
  coupons().push({ eventId: 1, userId: "dan", rank: 2, claimedAtMs: 0, expiresAtMs: 0, issuedAtMs: 0 });
  await compare();
  await compare();
  expect(doubts.about(1)).toMatch("rows have no seat in the gate");
  expect(doubts.about(2)).toBeNull();
});

it("does nothing without the lease", async () => {
  await three();
  coupons().splice(1, 1);
  world.database.down = true;
  await world.clock.advance(6000);
  world.database.down = false;
  const { bookkeeper } = world.keeping;
  await bookkeeper.compare(new AbortController().signal);
  expect(coupons()).toHaveLength(2);
});

it("brings a seat back that the gate has forgotten without anyone noticing, by a rebuild", async () => {
  await three();
  const keys = world.gate.keys(1);
  const books = async () => {
    const round = world.keeping.bookkeeper.compare(new AbortController().signal);
    await world.run(4000);
    await round;
  };
  await books();
  // As if two seats had been taken out, and the counts put right: nothing in the fence shows it.
  keys?.users.delete("ann");
  keys?.users.delete("bob");
  keys?.free.add(1).add(2);
  await books();
  await world.run(15_000);
  expect(world.database.tables().gate.epoch).toBeGreaterThan(1);
  expect(await claim("ann")).toMatchObject({ status: "won", rank: 1, repeat: true });
});
