/** One round of live numbers, in a process that is new: listeners come, hear nothing new for a while, and then change after change. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "../../context.ts";
import { type LiveCost, liveCost, type Moment, type Span } from "./cost.ts";
import { type Listeners, openListeners } from "./listeners.ts";
import { type Ask, askAt } from "./questions.ts";

/** They come and go before anything is read, so that code that is compiled once does not count for those who stay. */
const FIRST_LISTENERS = 50;
const FIRST_CHANGES_MS = 1_000;
/** A handler that does not keep up takes some seconds for thousands. */
const OPEN_PATIENCE_MS = 60_000;
const SETTLE_MS = 1_000;
const POLL_MS = 50;

export type Lane = "ours" | "trpc";
export type LiveRound = { cost: LiveCost; cutOff: number };

export async function liveRound(
  bench: Bench,
  plan: { label: string; lane: Lane; listeners: number },
): Promise<LiveRound> {
  const { label, lane, listeners: count } = plan;
  const server = await bench.start({
    ...{ label, script: "bench/parts/live/server.ts", ready: "/" },
    env: { BENCH_LANE: lane, NODE_OPTIONS: "--expose-gc" },
  });
  const ask = askAt(server.port);
  const { port } = await ask("/");
  const open = (some: number) => openListeners({ port, count: some, patienceMs: OPEN_PATIENCE_MS });
  let listeners: Listeners | null = null;
  try {
    await warmUp(ask, await open(FIRST_LISTENERS));
    const before = await ask("/memory");
    listeners = await open(count);
    const after = await ask("/memory");
    const span = { ask, listeners, seconds: bench.settings.seconds };
    const quiet = await watch(span);
    await ask("/changing");
    await sleep(SETTLE_MS);
    const changing = await watch(span);
    const cost = liveCost({ listeners: count, before, after, quiet, changing });
    return { cost, cutOff: listeners.cutOff() };
  } finally {
    listeners?.close();
    await server.stop();
  }
}

async function warmUp(ask: Ask, listeners: Listeners): Promise<void> {
  await ask("/changing");
  await sleep(FIRST_CHANGES_MS);
  await ask("/quiet");
  listeners.close();
  while ((await ask("/")).listeners > 0) await sleep(POLL_MS);
}

async function watch(plan: { ask: Ask; listeners: Listeners; seconds: number }): Promise<Span> {
  const moment = async (): Promise<Moment> => ({
    ...(await plan.ask("/usage")),
    heard: plan.listeners.heard(),
  });
  const from = await moment();
  await sleep(plan.seconds * 1000);
  return { from, to: await moment() };
}
