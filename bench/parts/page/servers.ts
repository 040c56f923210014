/** The three that answer the event page: ours, the same front door with Next behind it alone, and bytes from memory. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildPages, isBuilt } from "../../../stack/build.mjs";
import { step } from "../../../stack/progress.mjs";
import { OURS, YARDSTICK } from "../../candidates/candidate.ts";
import { eventName, startOurs } from "../../candidates/ours.ts";
import type { Bench, Started } from "../../context.ts";
import { demandPage, fetchPage, visitHeaders } from "./visit.ts";

export const NEXT = "Next";
/** Of the benchmark alone, so that it can run beside `npm start`. */
const DIST_DIR = ".next-bench";
const WITH_PAGES = { PAGES: "next", NEXT_DIST_DIR: DIST_DIR };
const LIMIT = 1_000;

export type PageServer = {
  name: string;
  title: string;
  port: number;
  /** whose CPU counts, beside the services' */
  pids: { web: number[]; worker: number[] };
};

/** All of them answer the page of one event. */
export async function startPageServers(
  bench: Bench,
  cleanUp: AsyncDisposableStack,
): Promise<{ servers: PageServer[]; path: string; eventName: string }> {
  await build(bench);
  const ours = await startOurs(bench, cleanUp, WITH_PAGES);
  if (ours.books === null) throw new Error("there are no events");
  const path = `/events/${await ours.books.open(LIMIT)}`;
  const start = async (plan: Parameters<Bench["start"]>[0]): Promise<Started> => {
    const started = await bench.start(plan);
    cleanUp.defer(started.stop);
    return started;
  };
  const next = await start({
    ...{ label: `${NEXT} page`, script: "bench/parts/page/next-server.ts", ready: "/readyz" },
    env: WITH_PAGES,
  });
  const bytes = await start({
    ...{ label: `${YARDSTICK} page`, script: "bench/parts/page/bytes-server.ts", ready: "/" },
    env: await copyPage(bench, `http://127.0.0.1:${ours.port}${path}`),
  });
  const { worker } = ours.pids;
  return {
    path,
    eventName: eventName(LIMIT),
    servers: [
      { name: OURS, title: "from memory", port: ours.port, pids: ours.pids },
      {
        name: NEXT,
        title: "the same without the memory",
        port: next.port,
        pids: { web: [next.pid], worker },
      },
      { name: YARDSTICK, title: "the same bytes", port: bytes.port, pids: { web: [bytes.pid], worker: [] } },
    ],
  };
}

async function build(bench: Bench): Promise<void> {
  if (isBuilt(DIST_DIR)) return;
  const log = join(bench.dir, "logs", "pages-build.log");
  await step("Pages: next build", () => buildPages({ distDir: DIST_DIR, log }));
}

/** What ours sends, for the yardstick to send. @returns where it finds it */
async function copyPage(bench: Bench, url: string): Promise<Record<string, string>> {
  const files = {
    BENCH_PAGE_BROTLI: join(bench.dir, "page.br"),
    BENCH_PAGE_PLAIN: join(bench.dir, "page.html"),
  };
  const wanted = { eventName: eventName(LIMIT) };
  for (const [compressed, file] of [
    [true, files.BENCH_PAGE_BROTLI],
    [false, files.BENCH_PAGE_PLAIN],
  ] as const) {
    const page = await fetchPage(url, visitHeaders({ compressed }));
    demandPage(page, { ...wanted, compressed });
    writeFileSync(file, page.body);
  }
  return files;
}
