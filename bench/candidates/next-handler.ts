/** Our own router and use cases in a Next route handler, beside our worker: the same work behind another front door. */
import type { Bench } from "../context.ts";
import { buildNextApp } from "../next/build.ts";
import type { Candidate } from "./candidate.ts";
import { startOurs } from "./ours.ts";

export const NEXT_HANDLER = "Next route";

/** With a worker and a web process of ours, of which the web process has nothing to do. */
export async function startNextHandler(bench: Bench, cleanUp: AsyncDisposableStack): Promise<Candidate> {
  await buildNextApp(bench.dir);
  const ours = await startOurs(bench, cleanUp);
  const { pid, port, stop } = await bench.start({
    label: NEXT_HANDLER,
    script: "bench/next/start.ts",
    env: {},
    ready: "/api/trpc/session.me",
  });
  cleanUp.defer(stop);
  return {
    ...ours,
    name: NEXT_HANDLER,
    title: "the same router in a Next route handler",
    port,
    pids: { ...ours.pids, web: [pid] },
  };
}
