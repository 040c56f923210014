/** The worker dies between its transaction and its offsets, on either side of each. */
import { expect, test } from "vitest";
import { commitOfCoupons, offsetCommit } from "../system/proxy/requests.ts";
import { testWorld } from "../system/world.ts";
import { underLoad } from "./under-load.ts";

const SIZE = { limit: 300, users: 400 };
const world = testWorld({ proxied: ["kafka", "mysql"] });

const MOMENTS = [
  {
    when: "before MySQL hears its COMMIT",
    service: "mysql",
    hold: "holdRequest",
    kind: commitOfCoupons,
    tags: ["dozen"],
  },
  {
    when: "before it hears that MySQL has committed",
    service: "mysql",
    hold: "holdReplyTo",
    kind: commitOfCoupons,
    tags: [],
  },
  {
    when: "before Kafka hears of its offsets",
    service: "kafka",
    hold: "holdRequest",
    kind: offsetCommit,
    tags: ["dozen"],
  },
  {
    when: "before it hears that Kafka has its offsets",
    service: "kafka",
    hold: "holdReplyTo",
    kind: offsetCommit,
    tags: [],
  },
] as const;

for (const { when, service, hold, kind, tags } of MOMENTS) {
  test(`every promised coupon is issued once although the worker dies ${when}`, {
    tags: [...tags],
  }, async () => {
    const { worker } = world();
    await underLoad(world(), SIZE, async () => {
      const message = world().proxy("worker", service)[hold](kind);
      await message.caught();
      worker.signal("SIGKILL");
      expect(await worker.exit()).toBe("SIGKILL");
      await worker.start();
    });
  });
}
