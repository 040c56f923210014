/** A replica that lags is promoted while the old master still answers one web process (history 6). */
import type { Redis } from "ioredis";
import { expect, test } from "vitest";
import { seatsOf } from "../system/audit.ts";
import type { ClaimAnswer, User } from "../system/client.ts";
import { produceOfClaims } from "../system/proxy/requests.ts";
import { testWorld, type World } from "../system/world.ts";
import { drained, epochAfter, epochOf, lockEpoch } from "./epochs.ts";
import { cutOff, promote, startReplica } from "./redis-server.ts";
import { underLoad } from "./under-load.ts";

/** Shorter than elsewhere: a record waits in web for longer than a lease and less long than a claim may take. */
const EPOCH_LEASE_MS = "1000";
/** People who press at the old master alone. */
const LATE = 20;
const world = testWorld({ proxied: ["redis", "kafka", "mysql"], env: { EPOCH_LEASE_MS } });

test("nobody is told of a seat that the new master will never know, although the old one still answers web", {
  tags: ["dozen"],
}, async () => {
  // Before the event is there: the first replica changes the replication id, which would be a rebuild of its own.
  await using replica = await startReplica(world().redis);
  const afterwards: World = { ...world(), redis: replica.redis };
  await underLoad(afterwards, { limit: 300, users: 340 }, async (crowd) => {
    await cutOff(replica.redis);
    const known = await seatsOf(afterwards, crowd.event.id);
    const told = await crowd.winners(known.size + 40);
    expect(told.filter(({ userId }) => !known.has(userId)).length).toBeGreaterThanOrEqual(40);

    const late = crowd.users.slice(-LATE);
    const answers = await pressAtOldMaster(late, crowd.event.id, replica.redis);
    const seated = await seatsOf(world(), crowd.event.id);
    expect(late.filter(({ userId }) => seated.has(userId)).length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status !== "pending" && status !== "unavailable")).toEqual([]);

    world().proxy("web-0", "redis").retarget(portOf(replica.redis));
    await world().gateIsOpen(crowd.event.id);
  });
});

/**
 * Promotes for everyone but web-0. That one is cut off from MySQL as well, so that nothing but its lease ends its
 * right to speak; and what it sends to the log arrives behind the markers of the new epoch.
 */
async function pressAtOldMaster(users: User[], eventId: number, newMaster: Redis): Promise<ClaimAnswer[]> {
  const { proxy } = world();
  const before = await epochOf(world());
  await using notYet = await lockEpoch(world());
  await promote(newMaster);
  for (const name of ["web-1", "worker"]) proxy(name, "redis").retarget(portOf(newMaster));
  await notYet.awaited();

  proxy("web-0", "mysql").holdReplies();
  const records = proxy("web-0", "kafka").holdRequest(produceOfClaims);
  await notYet.release();
  const epoch = await epochAfter(world(), before);
  const claims = users.map((user) => user.claim(eventId, 0));
  await records.caught();
  await drained(world(), epoch);
  records.release();
  const answers = await Promise.all(claims);
  proxy("web-0", "mysql").heal();
  return answers;
}

function portOf({ options }: Redis): number {
  return Number(options.port);
}
