/** The event page: ours from memory beside Next that makes each one, as browsers ask for it and without compression. */
import { OURS } from "../candidates/candidate.ts";
import type { Bench } from "../context.ts";
import { type Cpu, cpuMsPerThousand, startCpu } from "../lib/cpu.ts";
import { CONNECTIONS } from "../lib/crowd-round.ts";
import type { Figure, PartResult } from "../lib/result.ts";
import { inTurns } from "../lib/rounds.ts";
import { spread } from "../lib/stats.ts";
import { type PageLoad, runPageWrk } from "../lib/wrk-pages.ts";
import { warmUp } from "./crowd.ts";
import { type PageServer, startPageServers } from "./page/servers.ts";
import { demandPage, fetchPage, visitHeaders } from "./page/visit.ts";
import type { Part } from "./part.ts";

type Setting = PageServer & { isOurs: boolean; compressed: boolean };
type Round = { load: PageLoad; cpu: Cpu };

const figures = [
  { key: "pages", label: "pages/s", digits: 0, of: ({ load }) => load.pages / load.seconds },
  { key: "p99", label: "p99 ms", digits: 1, of: ({ load }) => load.p99Ms },
  { key: "cpu", label: "CPU ms/1000", digits: 0, of: ({ cpu, load }) => cpuMsPerThousand(cpu, load.pages) },
  { key: "bytes", label: "KB each", digits: 1, of: ({ load }) => load.bytesEach / 1000 },
  { key: "failed", label: "failed", digits: 0, of: ({ load }) => load.failed },
  {
    ...{ key: "generator", label: "wrk CPU %", digits: 0 },
    of: ({ cpu, load }) => (100 * cpu.generator) / load.seconds,
  },
] satisfies (Figure & { of: (round: Round) => number })[];

export const page: Part = async (bench) => {
  await using cleanUp = new AsyncDisposableStack();
  const { servers, path, eventName } = await startPageServers(bench, cleanUp);
  const all = servers.map((server) => ({ ...server, isOurs: server.name === OURS }));
  const settings: Setting[] = [
    ...all.map((server) => ({ ...server, compressed: true })),
    ...all.map((server) => ({ ...server, name: `${server.name}, plain`, compressed: false })),
  ];
  const round = (setting: Setting, seconds: number) =>
    pageRound(bench, setting, { url: `http://127.0.0.1:${setting.port}${path}`, eventName, seconds });
  for (const setting of settings) await warmUp(async (seconds) => (await round(setting, seconds)).load.pages);
  const measured = await inTurns(settings, bench.settings.rounds, async (setting) => {
    const result = await round(setting, bench.settings.seconds);
    return { result, word: `${(result.load.pages / result.load.seconds).toFixed(0)} pages/s` };
  });
  return resultOf(measured);
};

async function pageRound(
  bench: Bench,
  { compressed, pids }: Setting,
  plan: { url: string; eventName: string; seconds: number },
): Promise<Round> {
  const { url, eventName, seconds } = plan;
  const headers = visitHeaders({ compressed });
  const look = async () => demandPage(await fetchPage(url, headers), { eventName, compressed });
  await look();
  const cpu = startCpu({ ...bench.servicePids, ...pids });
  const load = await runPageWrk(bench.wrk, {
    ...{ url, headers, seconds, connections: CONNECTIONS, dir: bench.dir },
  });
  const used = cpu();
  await look();
  return { load, cpu: used };
}

function resultOf(measured: { candidate: Setting; results: Round[] }[]): PartResult {
  return {
    name: "page",
    title: "The event page, in Korean",
    figures: figures.map(({ key, label, digits }) => ({ key, label, digits })),
    rows: measured.map(({ candidate: { name, title, isOurs }, results }) => ({
      candidate: name,
      title,
      isOurs,
      figures: Object.fromEntries(figures.map(({ key, of }) => [key, spread(results.map(of))])),
      problems: [],
    })),
    audited: false,
    notes: [
      `${CONNECTIONS} connections. Asked as browsers ask, ours and L0 answer with brotli and Next with gzip; plain: without Accept-Encoding.`,
    ],
  };
}
