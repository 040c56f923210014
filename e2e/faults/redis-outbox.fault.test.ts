/** Reservations of which nobody knows what became of them: the claim script's reply is lost, or the outbox is. */
import { expect, test } from "vitest";
import { claimScript } from "../system/proxy/requests.ts";
import { until } from "../system/until.ts";
import { testWorld } from "../system/world.ts";
import { epochAfter, epochOf } from "./epochs.ts";
import { underLoad } from "./under-load.ts";

const SIZE = { limit: 240, users: 300 };
const world = testWorld({ proxied: ["redis", "kafka"] });

test("a seat is neither lost nor given twice when the reply of the claim script is lost", {
  tags: ["dozen"],
}, async () => {
  await underLoad(world(), SIZE, async ({ heard }) => {
    const reply = world().proxy("web-0", "redis").holdReplyTo(claimScript);
    await reply.caught();
    reply.cut();
    await until("somebody to hear that it is pending", async () => heard("pending").length > 0);
  });
});

test("a reservation is neither lost nor called won when the outbox is deleted while Kafka is away", async () => {
  await underLoad(world(), SIZE, async ({ event, heard }) => {
    const before = await epochOf(world());
    const kafka = ["web-0", "web-1", "worker"].map((name) => world().proxy(name, "kafka"));
    for (const proxy of kafka) proxy.cut();
    await until("reservations without a record", async () => heard("pending").length > 0);
    expect(await world().redis.del(`{event:${event.id}}:pending`)).toBe(1);
    for (const proxy of kafka) proxy.heal();
    await epochAfter(world(), before);
    await world().gateIsOpen(event.id);
  });
});
