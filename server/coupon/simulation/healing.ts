/** After the faults: everything comes back, time passes, and what was promised for then is demanded. */
import type { Book } from "./book.ts";
import { isSameOrigin, sourceKey } from "./tables.ts";
import type { World } from "./world.ts";

/** A rebuild or two with their waits, and the sweeper; longer, and somebody would be waiting. */
const QUIET_WITHIN_MS = 45_000;
/** An effect that is late may still come this long after everything was mended. */
export const LATE_MS = 3000;
const LOOK_EVERY_MS = 250;
const ROUND_MS = 600;
const ROUNDS_MAX = 12;

/** Ends every fault. What is already on its way still arrives. */
export function healWorld(world: World): void {
  const { log, database, redis, readers } = world;
  world.trace("-----", () => "everything is mended");
  world.healed = true;
  world.healedAtMs = world.scheduler.nowMs();
  world.slowLogUntilMs = 0;
  Object.assign(log, { down: false, silent: false });
  database.down = false;
  database.refusedUsers.clear();
  for (const record of world.newerRecords) record.value = "{";
  redis.heal();
  for (const process of world.processes()) process.heal();
  log.assign(readers.map(({ name }) => name));
}

/** Tries again until every parked record that can become a row has done so. */
async function replayAll(world: World): Promise<void> {
  const { database, evidence, operator } = world;
  const waits = () =>
    database.tables.failed.some(({ state, value }) => {
      const seat = state === "parked" ? evidence.seatOfRecord(value) : null;
      return seat !== null && database.tables.events.has(seat.eventId);
    });
  for (let round = 0; round < ROUNDS_MAX && waits(); round += 1) {
    operator.replay();
    await pass(world, ROUND_MS);
  }
}

/** A discard whose rebuild did not come about is brought to its end, as an operator would who was told that it failed. */
async function giveBackDiscarded(world: World): Promise<void> {
  const { database, evidence, redis, operator } = world;
  const { failed } = database.tables;
  const isHeld = () =>
    failed.some(({ state, value }) => {
      const seat = state === "discarded" ? evidence.seatOfRecord(value) : null;
      if (!seat || evidence.hasRow(seat)) return false;
      return redis.master().events.get(seat.eventId)?.users.get(seat.userId)?.rank === seat.rank;
    });
  for (let round = 0; round < ROUNDS_MAX && isHeld(); round += 1) {
    operator.rebuild();
    await pass(world, ROUND_MS);
    await demandQuiet(world);
  }
}

/** Paused and closed events go on, so that newcomers can show whether a seat was lost. */
async function reopenEvents(world: World): Promise<void> {
  const events = [...world.database.tables.events.values()];
  const stopped = events.filter(
    ({ status, closesAtMs }) => status !== "archived" && (status !== "active" || closesAtMs !== null),
  );
  if (stopped.length === 0) return;
  for (const { id } of stopped) world.operator.change(id, { status: "active", closesAtMs: null });
  await pass(world, ROUND_MS);
  await demandQuiet(world);
}

/** @returns what is not as it should be yet, or null */
function whatIsOpen(world: World): [promise: "L1" | "L2" | "L3", sentence: string] | null {
  const { redis, database } = world;
  const { tables } = database;
  const master = redis.master();
  const unread = unaccounted(world);
  if (unread) return ["L2", unread];
  for (const event of tables.events.values()) {
    // Its rows answer, without a gate.
    if (event.status === "archived") continue;
    const keys = master.events.get(event.id);
    const serves =
      keys?.state === "open" &&
      keys.epoch === tables.gate.epoch &&
      keys.replid === master.replid &&
      keys.users.size + keys.free.size === keys.next &&
      master.scripts.has(keys.epoch);
    if (!serves) return ["L3", `the gate of event ${event.id} is not open`];
    if ((keys.settings?.version ?? 0) < event.version || keys.newLimitAtMs > master.nowMs())
      return ["L3", `the gate of event ${event.id} does not obey version ${event.version}`];
    if (keys.pending.size > 0)
      return ["L1", `event ${event.id} has ${keys.pending.size} seats that stay pending`];
  }
  return null;
}

/** Lets time pass until everything late has arrived and nothing is open any more. */
export async function demandQuiet(world: World): Promise<void> {
  const { scheduler, book } = world;
  const untilMs = scheduler.nowMs() + QUIET_WITHIN_MS;
  const lastEffectMs = world.healedAtMs + LATE_MS;
  let isQuiet = false;
  const look = () => {
    const open = whatIsOpen(world);
    if (open === null && scheduler.nowMs() > lastEffectMs) isQuiet = true;
    else if (open === null) scheduler.after(LOOK_EVERY_MS, look);
    else if (scheduler.nowMs() >= untilMs) book.fail(open[0], `${open[1]}, long after everything was mended`);
    else scheduler.after(LOOK_EVERY_MS, look);
  };
  look();
  await scheduler.run(() => isQuiet || book.broken() !== null);
}

async function pass(world: World, ms: number): Promise<void> {
  let over = false;
  world.scheduler.after(ms, () => {
    over = true;
  });
  await world.scheduler.run(() => over || world.book.broken() !== null);
}

/** Asks again and again, as a browser does, until everybody has heard something definite. */
async function askUntil(
  world: World,
  call: { question: "claim" | "status"; users: readonly string[]; definite: readonly string[] },
): Promise<void> {
  const { book, database, evidence, webs } = world;
  const events = [...database.tables.events.keys()];
  const sinceMs = world.scheduler.nowMs();
  for (let round = 0; ; round += 1) {
    const open = events.flatMap((eventId) =>
      call.users
        .filter((userId) => {
          const last = book.lastAnswer(eventId, userId);
          const isDefinite =
            call.definite.includes(last?.status ?? "") ||
            (last?.status === "closed" && evidence.isArchived(eventId));
          return !last || last.atMs < sinceMs || !isDefinite;
        })
        .map((userId) => ({ eventId, userId })),
    );
    if (open.length === 0 || book.broken()) return;
    if (round === ROUNDS_MAX) {
      const [first] = open;
      return book.fail("L1", `event ${first?.eventId}: ${first?.userId} still hears nothing definite`);
    }
    for (const [index, asked] of open.entries())
      webs[(round + index) % webs.length]?.ask(call.question, asked);
    await pass(world, ROUND_MS);
  }
}

/** L1 to L3, and that no seat was lost on the way: everybody is told, and newcomers win up to the limit. */
export async function demandLiveness(world: World): Promise<void> {
  const { book, database } = world;
  await demandQuiet(world);
  if (book.broken()) return;
  await replayAll(world);
  await giveBackDiscarded(world);
  await askUntil(world, { question: "status", users: book.users(), definite: ["won", "none"] });
  if (book.broken()) return;
  await reopenEvents(world);
  const limit = Math.max(...[...database.tables.events.values()].map(({ issueLimit }) => issueLimit));
  const newcomers = Array.from({ length: limit + 1 }, (_, index) => `new${index}`);
  await askUntil(world, { question: "claim", users: newcomers, definite: ["won", "sold_out"] });
  if (book.broken()) return;
  await demandQuiet(world);
  if (book.broken()) return;
  demandRows(world, book);
}

function demandRows({ database, redis, evidence }: World, book: Book): void {
  const { coupons, events } = database.tables;
  for (const { eventId, userId, rank } of book.won())
    if (coupons.byUser(eventId, userId)?.rank !== rank)
      book.fail("G4", `event ${eventId}: ${userId} was told rank ${rank} and has no such row`);
  for (const { id, issueLimit } of events.values()) {
    if (evidence.isArchived(id)) continue;
    const rows = evidence.rowsOf(id);
    if (rows !== issueLimit) book.fail("G5", `event ${id} is sold out with ${rows} of ${issueLimit} coupons`);
    for (const [userId, { rank }] of redis.master().events.get(id)?.users ?? [])
      if (coupons.byUser(id, userId)?.rank !== rank)
        book.fail("G4", `event ${id}: the gate holds ${userId} at rank ${rank}, the rows do not`);
  }
}

/** @returns a record that is neither a row, nor a conflict, nor parked, nor a marker that its reader has passed */
function unaccounted({ database, log, evidence }: World): string | null {
  const { coupons, conflicts, failed, partitionEpochs } = database.tables;
  for (const { topic, partition, records } of log.partitions()) {
    const reached = partitionEpochs.get(sourceKey({ topic, partition })) ?? 0;
    for (const { origin, value } of records) {
      const seat = evidence.seatOfRecord(value);
      if (seat && coupons.byUser(seat.eventId, seat.userId)?.rank === seat.rank) continue;
      const marker = evidence.markerEpoch(value);
      if (marker !== null && marker <= reached) continue;
      if (![...conflicts, ...failed].some((noted) => isSameOrigin(noted.origin, origin)))
        return `record ${partition}/${origin.offset} is nowhere: ${value}`;
    }
  }
  return null;
}
