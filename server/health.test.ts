/** What balancers and operators may conclude from the probes. */
import { describe, expect, test } from "vitest";
import { createHealth, healthServer, type Probe } from "./health.ts";
import { listen } from "./listen.ts";

function health(probes: Record<string, Probe> = {}) {
  const clock = { nowMs: 0 };
  return { clock, health: createHealth({ probes, nowMs: () => clock.nowMs }) };
}

describe("the state", () => {
  test("never goes back: a start that ends after the stop began does not make it ready", () => {
    const { health: process } = health();
    expect(process.state()).toBe("starting");
    process.stopping();
    process.ready();
    expect(process.state()).toBe("stopping");
  });
});

describe("a dependency", () => {
  test("that fails is down, one that hangs gives no answer, and the others are told", async () => {
    const { health: process } = health({
      redis: () => Promise.reject(new Error("10.0.0.7 refused")),
      kafka: () => new Promise(() => undefined),
      mysql: () => Promise.resolve("up"),
    });
    expect(await process.dependencies()).toEqual({ redis: "down", kafka: "no answer", mysql: "up" });
  });

  test("is asked once a second, however many ask", async () => {
    let asked = 0;
    const { health: process, clock } = health({ redis: () => Promise.resolve(`up ${++asked}`) });
    await Promise.all(Array.from({ length: 50 }, () => process.dependencies()));
    clock.nowMs = 999;
    expect(await process.dependencies()).toEqual({ redis: "up 1" });
    clock.nowMs = 1000;
    expect(await process.dependencies()).toEqual({ redis: "up 2" });
  });
});

test("readiness is 503 while starting and stopping, and 200 in between, also with a dependency down", async () => {
  const { health: process } = health({ redis: () => Promise.reject(new Error("down")) });
  const metrics = { contentType: "text/plain", render: () => Promise.resolve("sunchak_x_total 1") };
  const server = healthServer({ health: process, metrics });
  const { port, close } = await listen(server, { port: 0, host: "127.0.0.1" });
  const origin = `http://127.0.0.1:${port}`;
  const ask = async (path: string) => {
    const response = await fetch(origin + path);
    return [response.status, await response.text()];
  };
  const body = (state: string) => JSON.stringify({ state, dependencies: { redis: "down" } });

  expect(await ask("/readyz")).toEqual([503, body("starting")]);
  process.ready();
  expect(await ask("/readyz")).toEqual([200, body("ready")]);
  process.stopping();
  expect(await ask("/readyz")).toEqual([503, body("stopping")]);
  expect(await ask("/healthz")).toEqual([200, '{"state":"stopping"}']);
  expect(await ask("/metrics")).toEqual([200, "sunchak_x_total 1"]);
  expect(await ask("/elsewhere")).toEqual([404, ""]);
  await close(0);
});
