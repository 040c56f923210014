/** What an operator does, at any time, also while the gate is being rebuilt. */
import type { Random } from "./random.ts";
import { WALL_START_MS, type World } from "./world.ts";

type Actions = Record<string, (world: World, random: Random) => void>;

const EVENTS_MAX = 3;

function someEvent({ database }: World, random: Random): number {
  return random.pick([...database.tables.events.keys()]);
}

export const operatorActions = {
  raiseLimit(world, random) {
    const eventId = someEvent(world, random);
    const limit = world.database.tables.events.get(eventId)?.issueLimit ?? 0;
    world.operator.change(eventId, { issueLimit: Math.min(limit + random.between(1, 2), 8) });
  },
  pauseEvent(world, random) {
    world.operator.change(someEvent(world, random), { status: "paused" });
  },
  /** Somebody cannot make up their mind. */
  toggleEvent(world, random) {
    const eventId = someEvent(world, random);
    for (const [turn, status] of (["paused", "active", "paused"] as const).entries())
      world.later(turn * random.between(100, 900), () => world.operator.change(eventId, { status }));
  },
  closeEvent(world, random) {
    world.operator.change(someEvent(world, random), { status: "closed" });
  },
  archiveEvent(world, random) {
    world.operator.archive(someEvent(world, random));
  },
  reopenEvent(world, random) {
    world.operator.change(someEvent(world, random), { status: "active" });
  },
  /** The data is mended, and what was parked is replayed. */
  mendRows({ database, operator, trace }) {
    trace("mysql", () => "refuses no row any more");
    database.refusedUsers.clear();
    operator.replay();
  },
  discardSeat({ operator }) {
    operator.discard();
  },
  /** A record of a newer program stops its partition, until the operator sets it aside. */
  setAside({ log, newerRecords, operator, later }, random) {
    const partitions = log.partitions().filter(({ records }) => records.length > 0);
    if (partitions.length === 0) return;
    const { topic, partition, records } = random.pick(partitions);
    log.write(topic, partition, '{"v":2,"anything":true}');
    const record = records.at(-1);
    if (!record) return;
    newerRecords.push(record);
    later(random.between(100, 1500), () => operator.setAside(record.origin));
  },
  newEvent(world, random) {
    const { database, scheduler, operator } = world;
    if (database.tables.events.size >= EVENTS_MAX) return;
    const opensAtMs = WALL_START_MS + scheduler.nowMs() + random.pick([-1000, 0, 1500]);
    operator.create(newEvent({ opensAtMs, issueLimit: random.between(2, 4) }));
  },
} satisfies Actions;

export function newEvent(event: { opensAtMs: number; issueLimit: number }) {
  return {
    ...event,
    displayName: "event",
    closesAtMs: null,
    expiresAtMs: WALL_START_MS + 86_400_000,
    discount: { type: "FIXED_AMOUNT", amount: 1000 },
  } as const;
}
