/** The claim log goes away, hangs, or acknowledges into the void. */
import { expect, test } from "vitest";
import type { ServiceProxy } from "../system/proxy/proxy.ts";
import { produceOfClaims } from "../system/proxy/requests.ts";
import { lasting } from "../system/until.ts";
import { testWorld } from "../system/world.ts";
import type { Crowd } from "./crowd.ts";
import { SHARE_IN_WAVES, underLoad } from "./under-load.ts";

const SIZE = { limit: 300, users: 400 };
/** There is no send without a winner: some have to come to the very end. */
const WITH_SEATS_LEFT = { limit: 800, users: 850 };
/** Longer than a lease, a send's deadline and kafkajs's patience with one request. */
const OUTAGE_MS = 4_000;
const world = testWorld({ proxied: ["kafka"] });

test("every seat is won once although the broker is killed and started again", async () => {
  const kafka = world().server("kafka");
  await underLoad(world(), SIZE, async (crowd) => {
    await kafka.kill("SIGKILL");
    expect(kafka.isRunning()).toBe(false);
    await crowd.untilHeard("pending");
    await lasting(OUTAGE_MS);
    await kafka.start();
  });
});

test("every seat is won once although the broker freezes", async () => {
  const kafka = world().server("kafka");
  await underLoad(world(), SIZE, async (crowd) => {
    await kafka.kill("SIGSTOP");
    await crowd.untilHeard("pending");
    await lasting(OUTAGE_MS);
    await kafka.kill("SIGCONT");
  });
});

/** kafkajs sends the same records again after 1.5 s, and is acknowledged. */
test("every seat is won once although acknowledgements are lost and the same records follow", async () => {
  const proxy = world().proxy("web-0", "kafka");
  await underLoad(world(), WITH_SEATS_LEFT, async (crowd) => {
    for (const _ of [1, 2]) {
      await loseAcknowledgement(crowd, proxy);
      const next = proxy.holdReplyTo(produceOfClaims);
      await next.caught();
      next.release();
    }
  });
});

/**
 * Three times in a row, then kafkajs gives up and the outcome stays unknown. What follows are records of others,
 * one by one: a producer that numbers its sends would give them numbers that the broker has seen.
 */
test("every seat is won once although a send is never acknowledged and others follow", {
  tags: ["dozen"],
}, async () => {
  const proxy = world().proxy("web-0", "kafka");
  await underLoad(world(), WITH_SEATS_LEFT, async (crowd) => {
    const before = await crowd.winners(WITH_SEATS_LEFT.users * SHARE_IN_WAVES);
    for (const _ of [1, 2, 3]) await loseAcknowledgement(crowd, proxy);
    await crowd.keepComing(crowd.winners(before.length + 50));
  });
});

async function loseAcknowledgement(crowd: Crowd, proxy: ServiceProxy): Promise<void> {
  const reply = proxy.holdReplyTo(produceOfClaims);
  await crowd.keepComing(reply.caught());
  reply.swallow();
}
