/**
 * Whether the process lives, and whether it can serve. The state machine is starting -> ready -> stopping; what it
 * depends on is reported next to it but never turns it off, so that a balancer keeps pages up while a dependency is down.
 */
import { createServer, type Server, type ServerResponse } from "node:http";

type LifeState = "starting" | "ready" | "stopping";

/** Says in one word how a dependency is ("up", "open", …); a rejection is reported as "down". */
export type Probe = () => Promise<string>;

export interface Health {
  state(): LifeState;
  ready(): void;
  stopping(): void;
  /** The last known word of each probe, asked again when it is older than a second. Never rejects. */
  dependencies(): Promise<Record<string, string>>;
}

/** A probe that hangs must not hang the answer, and many askers must not become many probes. */
const PROBE_TIMEOUT_MS = 800;
const ANSWER_VALID_MS = 1_000;

const next = { starting: ["ready", "stopping"], ready: ["stopping"], stopping: [] } as const satisfies Record<
  LifeState,
  readonly LifeState[]
>;

/** @param options.nowMs a monotonic clock */
export function createHealth(options: { probes: Record<string, Probe>; nowMs: () => number }): Health {
  let state: LifeState = "starting";
  const go = (to: LifeState): void => {
    // A start that finishes after the stop began must not make the process ready again.
    if ((next[state] as readonly LifeState[]).includes(to)) state = to;
  };
  const probes = Object.entries(options.probes).map(([name, probe]) => ({
    name,
    ask: remembered(() => bounded(probe), options.nowMs),
  }));
  return {
    state: () => state,
    ready: () => go("ready"),
    stopping: () => go("stopping"),
    dependencies: async () =>
      Object.fromEntries(
        await Promise.all(probes.map(async ({ name, ask }) => [name, await ask()] as const)),
      ),
  };
}

async function bounded(probe: Probe): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, PROBE_TIMEOUT_MS, "no answer");
  });
  const answer = Promise.resolve()
    .then(probe)
    .catch(() => "down");
  return Promise.race([answer, timeout]).finally(() => clearTimeout(timer));
}

/** One question at a time, and its answer for a second. */
function remembered(ask: () => Promise<string>, nowMs: () => number): () => Promise<string> {
  let asked: { atMs: number; answer: Promise<string> } | undefined;
  return () => {
    if (asked === undefined || nowMs() - asked.atMs >= ANSWER_VALID_MS)
      asked = { atMs: nowMs(), answer: ask() };
    return asked.answer;
  };
}

/** Answers `/healthz` (the process lives) or `/readyz` (it can serve: 200, else 503). */
export async function answerHealth(
  health: Health,
  path: "/healthz" | "/readyz",
  res: ServerResponse,
): Promise<void> {
  const state = health.state();
  res.statusCode = path === "/healthz" || state === "ready" ? 200 : 503;
  res.setHeader("Content-Type", "application/json");
  res.setHeader("Cache-Control", "no-store");
  const body = path === "/healthz" ? { state } : { state, dependencies: await health.dependencies() };
  res.end(JSON.stringify(body));
}

/** What `/metrics` shows; an implementation is in metrics.ts. */
export type MetricsPage = { contentType: string; render: () => Promise<string> };

/** A small server for a port that only operators reach: `/healthz`, `/readyz`, `/metrics`. Not listening yet. */
export function healthServer(options: { health: Health; metrics: MetricsPage }): Server {
  const { health, metrics } = options;
  return createServer({ requestTimeout: 5_000, headersTimeout: 5_000 }, (req, res) => {
    const [path] = (req.url ?? "/").split("?", 1);
    if (path === "/healthz" || path === "/readyz") return void answerHealth(health, path, res);
    if (path !== "/metrics") return void res.writeHead(404).end();
    metrics.render().then(
      (text) => res.writeHead(200, { "Content-Type": metrics.contentType }).end(text),
      () => res.writeHead(500).end(),
    );
  });
}
