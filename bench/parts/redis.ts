/**
 * What a claim costs Redis: claims that arrive together in one script call, as the product's seating does it, against one
 * EVALSHA of the same script for each. On a Redis of its own, so that nothing else runs there.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createSeatingDesk } from "#server/coupon/seating";
import { connectRedis } from "#server/redis/client";
import { redisGate } from "#server/redis/gate";
import { silentLog } from "../../commands/lib/parts.ts";
import { startRedis } from "../../stack/services/redis.mjs";
import { OURS } from "../candidates/candidate.ts";
import type { Bench } from "../context.ts";
import { fixedLease } from "../lib/core-stand-ins.ts";
import { startCpu } from "../lib/cpu.ts";
import { inParallelFor } from "../lib/in-parallel-for.ts";
import type { PartResult } from "../lib/result.ts";
import { inTurns } from "../lib/rounds.ts";
import { spread } from "../lib/stats.ts";
import { ONE_EACH } from "./kafka.ts";
import type { Part } from "./part.ts";

const AT_ONCE = 128;
const EPOCH = 1;
const LIMIT = 10_000_000;
const HOUR_MS = 3_600_000;
const READY_TIMEOUT_MS = 10_000;

type Event = { id: number };
type Way = { name: string; title: string; claim: (event: Event, userId: string) => Promise<boolean> };
type Round = { claims: number; seconds: number; cpu: number };

export const redis: Part = async (bench) => {
  await using cleanUp = new AsyncDisposableStack();
  const { ways, openEvent, pid } = await openGate(bench, cleanUp);
  const round = async (way: Way, seconds: number): Promise<Round> => {
    const event = await openEvent();
    const cpu = startCpu({ redis: [pid] });
    let seated = 0;
    const took = await inParallelFor(seconds, AT_ONCE, async (number) => {
      if (await way.claim(event, `user-${number}`)) seated += 1;
    });
    return { claims: seated, seconds: took.seconds, cpu: cpu().redis };
  };
  for (const way of ways) await round(way, 1);
  const measured = await inTurns(ways, bench.settings.rounds, async (way) => {
    const result = await round(way, bench.settings.seconds);
    return { result, word: `${(result.claims / result.cpu).toFixed(0)} claims per CPU second` };
  });
  return resultOf(measured);
};

async function openGate(bench: Bench, cleanUp: AsyncDisposableStack) {
  const dir = join(bench.dir, "redis-alone");
  const remove = () => rmSync(dir, { recursive: true, force: true });
  // What an earlier run has left would keep its events from being opened.
  remove();
  const server = await startRedis({ dir });
  cleanUp.defer(remove);
  cleanUp.defer(server.stop);
  const connection = connectRedis({
    ...{ url: server.url, log: silentLog, clientName: "bench" },
    isRefusal: () => false,
  });
  cleanUp.defer(() => connection.close());
  await connection.untilReady(READY_TIMEOUT_MS);
  const gate = redisGate({ redis: connection });
  await gate.loadScripts(EPOCH);
  const current = { epoch: EPOCH, topic: "none", partitions: 1 };
  const rows = { findSeats: async () => [] };
  const desk = createSeatingDesk({ gate, rows, lease: fixedLease(current), reporter: silentLog });
  let lastId = 0;

  const ways: Way[] = [
    {
      name: OURS,
      title: "together, as they arrive",
      async claim({ id }, userId) {
        const seating = await desk.ask(eventOf(id), userId)?.result;
        return seating?.from === "gate" && seating.decision.decision === "seated";
      },
    },
    {
      name: ONE_EACH,
      title: "one EVALSHA for each claim",
      async claim({ id: eventId }, userId) {
        const reply = await gate.claim({ epoch: EPOCH, eventId, userIds: [userId] });
        return !reply.fenced && reply.value.decisions[0]?.decision === "seated";
      },
    },
  ];
  return {
    ways,
    pid: server.pid,
    async openEvent(): Promise<Event> {
      lastId += 1;
      const { opensAtMs, closesAtMs, status, version, issueLimit: limit } = eventOf(lastId);
      await gate.begin({ epoch: EPOCH, eventId: lastId, firstOpening: true });
      const settings = { opensAtMs, closesAtMs, version, limit, status };
      const opened = await gate.open({ epoch: EPOCH, eventId: lastId, settings, next: 0 });
      if (opened.fenced || opened.value !== "open") throw new Error("the gate did not open");
      return { id: lastId };
    },
  };
}

function eventOf(id: number) {
  const opensAtMs = Date.now() - HOUR_MS;
  return {
    id,
    displayName: "A crowd",
    issueLimit: LIMIT,
    opensAtMs,
    closesAtMs: null,
    expiresAtMs: opensAtMs + 24 * HOUR_MS,
    discount: { type: "FIXED_AMOUNT" as const, amount: 1_000 },
    status: "active" as const,
    version: 1,
    openedEpoch: EPOCH,
  };
}

function resultOf(measured: { candidate: Way; results: Round[] }[]): PartResult {
  return {
    name: "redis",
    title: "Claims for a second of Redis's CPU",
    figures: [
      { key: "perCpu", label: "claims/CPU s", digits: 0 },
      { key: "claims", label: "claims/s", digits: 0 },
    ],
    rows: measured.map(({ candidate, results }) => ({
      candidate: candidate.name,
      title: candidate.title,
      isOurs: candidate.name === OURS,
      figures: {
        perCpu: spread(results.map(({ claims, cpu }) => claims / cpu)),
        claims: spread(results.map(({ claims, seconds }) => claims / seconds)),
      },
      problems: [],
    })),
    audited: false,
    notes: [`${AT_ONCE} claims under way at once; each is a new user's, and finds a seat.`],
  };
}
