/** A web process dies with an outcome in its hands that it can tell nobody any more. */
import { expect, test } from "vitest";
import { confirmScript, produceOfClaims } from "../system/proxy/requests.ts";
import { testWorld } from "../system/world.ts";
import { underLoad } from "./under-load.ts";

const world = testWorld({ proxied: ["kafka", "redis"] });

test.each([
  ["Kafka's acknowledgement", "kafka", produceOfClaims],
  ["the reply to its confirmation", "redis", confirmScript],
] as const)(
  "a coupon is won once although web dies while %s is on its way",
  { tags: ["dozen"] },
  async (_, service, kind) => {
    const [web] = world().webs;
    await underLoad(world(), { limit: 300, users: 400 }, async () => {
      const reply = world().proxy("web-0", service).holdReplyTo(kind);
      await reply.caught();
      web?.signal("SIGKILL");
      expect(await web?.exit()).toBe("SIGKILL");
      await web?.start();
    });
  },
);
