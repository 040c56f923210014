/** The guardian dies in each step of a rebuild; another worker, or the same one started again, has to finish it. */
import { expect, test } from "vitest";
import type { NodeProcess } from "../system/node-process.ts";
import { testWorld } from "../system/world.ts";
import { epochAfter, epochOf } from "./epochs.ts";
import * as steps from "./guardian-steps.ts";
import { underLoad } from "./under-load.ts";

const world = testWorld({ proxied: ["redis", "kafka"], spareWorkers: 1 });

test.each([
  ["after it raised the epoch", steps.epochRaised],
  ["while it waits for the leases to end", steps.leaseWait],
  ["while the readers have yet to pass its markers", steps.drain],
  ["after it loaded some of the scripts", steps.scriptsHalfLoaded],
  ["while it builds an event's gate", steps.gateHalfBuilt],
])("every seat is won once although everything is deleted and the guardian dies %s", async (_, step) => {
  await underLoad(world(), { limit: 240, users: 300 }, async ({ event }) => {
    const [guardian, successor] = guardians();
    const epoch = await epochOf(world());
    const reached = step({ world: world(), guardian: guardian.name, epoch, eventId: event.id });
    await world().redis.flushall("SYNC");
    const obstacle = await reached;
    guardian.signal("SIGKILL");
    expect(await guardian.exit()).toBe("SIGKILL");
    await obstacle?.release();

    const unfinished = await epochOf(world());
    await successor.start();
    await epochAfter(world(), unfinished);
    await world().gateIsOpen(event.id);
  });
});

test("every seat is won once although the guardian dies in a rebuild and is started again", {
  tags: ["dozen"],
}, async () => {
  await underLoad(world(), { limit: 240, users: 300 }, async ({ event }) => {
    const [guardian] = guardians();
    const epoch = await epochOf(world());
    const reached = steps.gateHalfBuilt({
      world: world(),
      guardian: guardian.name,
      epoch,
      eventId: event.id,
    });
    // When it dies, the new epoch's scripts are there: only the event's own state tells that its gate is not built.
    await world().redis.script("FLUSH", "SYNC");
    await reached;
    guardian.signal("SIGKILL");
    expect(await guardian.exit()).toBe("SIGKILL");
    await guardian.start();
    await world().gateIsOpen(event.id);
  });
});

/** The worker that runs, and the one that does not: they take turns. */
function guardians(): [guardian: NodeProcess, successor: NodeProcess] {
  const [first, second] = [world().worker, world().spareWorkers[0] as NodeProcess];
  return first.isRunning() ? [first, second] : [second, first];
}
