/** Archiving over modelled services: what is refused, in which order things go, and what everybody hears afterwards. */
import { beforeEach, expect, it } from "vitest";
import type { ArchiveOutcome } from "./archive.ts";
import { createDirectory } from "./directory.ts";
import { UnknownEventError } from "./errors.ts";
import { createEventViews } from "./list.ts";
import { type ModelWeb, type ModelWorld, modelWorld } from "./model/model-world.ts";

const HOUR_MS = 3_600_000;
const noSignal = new AbortController().signal;

let world: ModelWorld;
let web: ModelWeb;

beforeEach(async () => {
  world = modelWorld();
  world.addEvent({ issueLimit: 5 });
  web = world.web();
  await world.run(2000);
});

const claim = (userId: string, from = web) => from.claims.claim({ eventId: 1, userId, requestId: "r" });
const status = (userId: string, from = web) => from.claims.status({ eventId: 1, userId });
const eventRow = () => world.database.tables().events.get(1) as NonNullable<ReturnType<typeof find>>;
const find = () => world.database.tables().events.get(1);

function set(change: object): void {
  world.database.tables().events.set(1, { ...eventRow(), ...change, version: eventRow().version + 1 });
}

async function archive(): Promise<ArchiveOutcome> {
  const outcome = world.keeping.archiver.archive(1, { logWaitMs: 1000, signal: noSignal });
  outcome.catch(() => {});
  await world.run(8000);
  return await outcome;
}

async function closedWithWinners(): Promise<void> {
  for (const userId of ["ann", "bob"]) await claim(userId);
  await world.run(1000);
  set({ status: "closed" });
}

it("refuses an event whose claims are not over, and leaves it open", async () => {
  await claim("ann");
  expect(await archive()).toMatchObject({ status: "refused", mayPass: false });
  expect(eventRow().status).toBe("active");
  expect(await claim("bob")).toMatchObject({ status: "won" });
});

it("archives a closed event whose seats all have their rows, and removes its keys", async () => {
  await closedWithWinners();
  expect(await archive()).toMatchObject({
    status: "archived",
    keysGone: true,
    reconciliation: { issued: 2 },
  });
  expect(eventRow().status).toBe("archived");
  expect(world.gate.keys(1)).toBeUndefined();
});

it("closes an event that is past its end before it archives it", async () => {
  set({ closesAtMs: world.clock.wallMs() + HOUR_MS, opensAtMs: world.clock.wallMs() });
  await world.run(1500);
  await claim("ann");
  await world.clock.advance(HOUR_MS);
  await world.run(3000);
  expect(await archive()).toMatchObject({ status: "archived" });
  expect(eventRow()).toMatchObject({ status: "archived", version: 4 });
});

it("answers winners from their rows afterwards, and everybody else that it is over", async () => {
  await closedWithWinners();
  await archive();
  expect(await claim("bob")).toMatchObject({ status: "won", rank: 2, repeat: true });
  expect(await status("bob")).toMatchObject({ status: "won", rank: 2 });
  expect(await claim("new")).toEqual({ status: "closed" });
  expect(await status("new")).toEqual({ status: "none" });
});

it("says nothing definite about an archived event while its rows cannot be read", async () => {
  await closedWithWinners();
  await archive();
  await status("ann");
  world.database.down = true;
  expect(await claim("bob")).toMatchObject({ status: "unavailable" });
  expect(await status("bob")).toMatchObject({ status: "unavailable" });
});

it("never says sold_out or none from a list that is older than the archiving", async () => {
  await closedWithWinners();
  const directory = createDirectory({ source: world.database });
  const late = world.web();
  await late.refresh();
  await directory.refresh();
  await world.run(4000);
  world.database.tables().events.set(1, { ...eventRow(), status: "archived" });
  await world.gate.forget(1);
  const views = createEventViews({ directory, readings: late.readings });
  expect(await claim("bob", late)).toMatchObject({ status: "won", rank: 2 });
  expect(await claim("new", late)).toMatchObject({ status: "unavailable" });
  expect(await status("bob", late)).toMatchObject({ status: "won", rank: 2 });
  expect(await status("new", late)).toMatchObject({ status: "unavailable" });
  expect(await views.get(1)).toMatchObject({ state: "closed", remaining: null });
});

it("is shown as closed, and stands on no list any more", async () => {
  await closedWithWinners();
  await archive();
  const directory = createDirectory({ source: world.database });
  await directory.refresh();
  const views = createEventViews({ directory, readings: web.readings });
  expect(await views.get(1)).toMatchObject({ state: "closed" });
  expect(await views.list()).toEqual([]);
});

it("refuses while a seat is pending, and while a record is parked", async () => {
  world.log.mode = "down";
  await claim("ann");
  set({ status: "closed" });
  expect(await archive()).toMatchObject({ status: "refused", mayPass: true });
  world.log.mode = "up";
  world.database.refusedUsers.add("ann");
  await world.run(6000);
  const refused = await archive();
  expect(refused).toMatchObject({ status: "refused", mayPass: false });
  expect(eventRow().status).toBe("closed");
  expect(world.gate.keys(1)?.users.size).toBe(1);
});

it("refuses while the gate does not confirm that it is closed", async () => {
  world.gate.configure = async () => ({ fenced: true, reason: "fence" });
  await closedWithWinners();
  expect(await archive()).toMatchObject({ status: "refused", mayPass: true });
  expect(eventRow().status).toBe("closed");
});

it("does not archive what it cannot ask the gate about", async () => {
  await closedWithWinners();
  world.gate.unreachable = true;
  await expect(archive()).rejects.toThrow("unreachable");
  expect(eventRow().status).toBe("closed");
});

it("does not archive an event that was opened again while it was being compared", async () => {
  await closedWithWinners();
  await world.run(1500);
  const { archiver } = world.keeping;
  const { allSeats } = world.gate;
  world.gate.allSeats = async (call) => {
    set({ status: "active" });
    return await allSeats(call);
  };
  const outcome = archiver.archive(1, { logWaitMs: 0, signal: noSignal });
  await world.run(2000);
  expect(await outcome).toMatchObject({ status: "refused" });
  expect(eventRow().status).toBe("active");
  expect(await claim("cho")).toMatchObject({ status: "won", rank: 3 });
});

it("removes the keys only when MySQL already calls the event archived", async () => {
  await closedWithWinners();
  const { forget } = world.gate;
  const statuses: string[] = [];
  world.gate.forget = async (eventId) => {
    statuses.push(eventRow().status);
    await forget(eventId);
  };
  await archive();
  expect(statuses).toEqual(["archived"]);
});

it("is rebuilt around an archived event, which stays archived", async () => {
  await closedWithWinners();
  await archive();
  world.gate.restart();
  await world.run(10_000);
  expect(world.database.tables().gate.epoch).toBe(2);
  expect(world.gate.keys(1)).toBeUndefined();
  expect(await claim("ann")).toMatchObject({ status: "won", rank: 1 });
});

it("can be asked twice", async () => {
  await closedWithWinners();
  await archive();
  expect(await archive()).toEqual({ status: "archived", reconciliation: null, keysGone: true });
});

it("leaves the keys to a later round while a rebuild holds the lock", async () => {
  await closedWithWinners();
  await world.run(1500);
  const rebuilt = Promise.withResolvers<void>();
  const lock = world.database.withRebuildLock(() => rebuilt.promise);
  expect(await archive()).toMatchObject({ status: "archived", keysGone: false });
  expect(world.gate.keys(1)).toBeDefined();
  rebuilt.resolve();
  await lock;
  await world.keeping.rounds.round(noSignal);
  expect(world.gate.keys(1)).toBeUndefined();
});

it("removes keys again that a rebuild has made anew", async () => {
  await closedWithWinners();
  await archive();
  await world.gate.begin({ epoch: 1, eventId: 1, firstOpening: false });
  await world.keeping.rounds.round(noSignal);
  expect(world.gate.keys(1)).toBeUndefined();
});

it("is done by itself an hour after the claims ended, one event in a round", async () => {
  world.addEvent({ issueLimit: 5 });
  await world.run(2000);
  await closedWithWinners();
  const second = world.database.tables().events.get(2);
  world.database
    .tables()
    .events.set(2, { ...(second as typeof second & object), status: "closed", version: 2 });
  await world.run(2000);
  await world.keeping.rounds.round(noSignal);
  const statuses = () => [...world.database.tables().events.values()].map((event) => event.status);
  expect(statuses()).toEqual(["archived", "closed"]);
  await world.keeping.rounds.round(noSignal);
  expect(statuses()).toEqual(["archived", "archived"]);
});

it("lets other events go first when one cannot be archived", async () => {
  world.addEvent({ issueLimit: 5 });
  await world.run(2000);
  world.database.refusedUsers.add("ann");
  await closedWithWinners();
  await world.run(1500);
  const second = world.database.tables().events.get(2);
  world.database
    .tables()
    .events.set(2, { ...(second as typeof second & object), status: "closed", version: 2 });
  await world.run(2000);
  for (let round = 0; round < 2; round += 1) await world.keeping.rounds.round(noSignal);
  expect(eventRow().status).toBe("closed");
  expect(world.database.tables().events.get(2)?.status).toBe("archived");
});

it("knows no event that does not exist", async () => {
  const wait = { logWaitMs: 0, signal: noSignal };
  await expect(world.keeping.archiver.archive(9, wait)).rejects.toThrow(UnknownEventError);
});
