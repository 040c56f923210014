/** The steps of a rebuild as they can be seen from outside, each with a way to keep the guardian in it. */
import { expect } from "vitest";
import type { RequestKind } from "../system/proxy/proxy.ts";
import { produceOfMarkers } from "../system/proxy/requests.ts";
import { until } from "../system/until.ts";
import type { World } from "../system/world.ts";
import { epochAfter, epochOf, lockReaders, partitionEpochs, type RowLock } from "./epochs.ts";

/** What is known before a rebuild begins. */
export type Before = { world: World; guardian: string; epoch: number; eventId: number };

/**
 * Lies in wait from when it is called. Resolves while the guardian is in the step and cannot leave it for the moment,
 * with what keeps it there, if that has to be taken away later.
 */
export type Step = (before: Before) => Promise<RowLock | undefined>;

export const epochRaised: Step = async ({ world, guardian, epoch }) => {
  await world.proxy(guardian, "redis").holdRequest(redisCommand("script", "flush")).caught();
  expect(await epochOf(world)).toBeGreaterThan(epoch);
  expect(await scriptsKnown(world)).toBeGreaterThan(0);
  return undefined;
};

export const leaseWait: Step = async ({ world, epoch: before }) => {
  const epoch = await epochAfter(world, before);
  await until("Redis to know no script", async () => (await scriptsKnown(world)) === 0, { everyMs: 5 });
  expect(Math.max(...(await partitionEpochs(world)))).toBeLessThan(epoch);
  return undefined;
};

export const drain: Step = async ({ world, guardian, epoch: before }) => {
  const markers = world.proxy(guardian, "kafka").holdReplyTo(produceOfMarkers);
  const epoch = await epochAfter(world, before);
  const readers = await lockReaders(world);
  await markers.caught();
  markers.release();
  await readers.awaited();
  expect(Math.max(...(await partitionEpochs(world)))).toBeLessThan(epoch);
  return readers;
};

export const scriptsHalfLoaded: Step = async ({ world, guardian }) => {
  await world
    .proxy(guardian, "redis")
    .holdRequest(nth(4, redisCommand("script", "load")))
    .caught();
  expect(await scriptsKnown(world)).toBe(3);
  return undefined;
};

export const gateHalfBuilt: Step = async ({ world, guardian, epoch, eventId }) => {
  await world.proxy(guardian, "redis").holdRequest(putScript).caught();
  expect(await world.redis.hget(`{event:${eventId}}:meta`, "state")).toBe("building");
  expect(Number(await world.redis.hget(`{event:${eventId}}:meta`, "epoch"))).toBeGreaterThan(epoch);
  return undefined;
};

async function scriptsKnown({ redis }: World): Promise<number> {
  return Number(/number_of_cached_scripts:(\d+)/.exec(await redis.info("memory"))?.[1]);
}

function redisCommand(...words: string[]): RequestKind {
  const wanted = words.join(" ");
  return {
    name: wanted.toUpperCase(),
    watch: () => (request) => wordsOf(request).slice(0, words.length).join(" ").toLowerCase() === wanted,
  };
}

/** EVALSHA of the script that writes differences: behind the four keys it is told what to do with the free ranks. */
const putScript: RequestKind = {
  name: "EVALSHA of differences",
  watch: () => (request) => {
    const words = wordsOf(request);
    return words[0]?.toLowerCase() === "evalsha" && ["clear", "keep"].includes(words[7] ?? "");
  },
};

/** The nth request of a kind on one connection. */
function nth(n: number, kind: RequestKind): RequestKind {
  return {
    name: `${kind.name} number ${n}`,
    watch() {
      const matches = kind.watch();
      let seen = 0;
      return (request) => matches(request) && ++seen === n;
    },
  };
}

/** The words of a command: every second line, behind their number. */
function wordsOf(request: Buffer): string[] {
  return request
    .toString("latin1")
    .split("\r\n")
    .filter((_, index) => index > 0 && index % 2 === 0);
}
