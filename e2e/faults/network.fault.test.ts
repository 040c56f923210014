/** The network between one process and one service breaks, hangs or slows down, while everyone else sees both. */
import { expect, test } from "vitest";
import { lasting } from "../system/until.ts";
import { testWorld } from "../system/world.ts";
import { underLoad } from "./under-load.ts";

const SIZE = { limit: 300, users: 400 };
/** Longer than a lease and than every deadline of one request; the worker gives a statement of MySQL ten seconds. */
const OUTAGE_MS = { redis: 4_000, kafka: 4_000, mysql: 12_000 };
/** Slow, but within the time that a script call has (500 ms). */
const SLOW_MS = 150;
const SERVICES = ["redis", "kafka", "mysql"] as const;
const world = testWorld({ proxied: SERVICES });

test.each(SERVICES)("every seat is won once although one web process is cut off from %s", async (service) => {
  const proxy = world().proxy("web-0", service);
  await underLoad(world(), SIZE, async (crowd) => {
    proxy.cut();
    await crowd.untilHeard("pending", "unavailable");
    await lasting(OUTAGE_MS[service]);
    proxy.heal();
  });
});

/** The answers arrive in the end, when nobody may rely on them any more. */
test.each(SERVICES)(
  "every seat is won once although web and worker hear nothing from %s, and all of it late",
  async (service) => {
    const proxies = ["web-0", "worker"].map((process) => world().proxy(process, service));
    await underLoad(world(), SIZE, async (crowd) => {
      for (const proxy of proxies) proxy.holdReplies();
      await crowd.untilHeard("pending", "unavailable");
      await lasting(OUTAGE_MS[service]);
      for (const proxy of proxies) proxy.heal();
    });
  },
);

test("every seat is won once although every service is slow", async () => {
  const processes = [...world().webs, world().worker].map(({ name }) => name);
  const proxies = processes.flatMap((process) => SERVICES.map((service) => world().proxy(process, service)));
  const startedMs = performance.now();
  for (const proxy of proxies) proxy.delayReplies(SLOW_MS);
  await underLoad(world(), SIZE, async (crowd) => {
    await crowd.winners(SIZE.limit / 2);
    expect(performance.now() - startedMs).toBeGreaterThan(2 * SLOW_MS);
  });
  for (const proxy of proxies) proxy.heal();
});
