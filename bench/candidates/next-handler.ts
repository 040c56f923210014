/** Our own router and use cases in a Next route handler, beside our worker: the same work behind another front door. */
import type { Bench } from "../context.ts";
import { buildNextApp } from "../next/build.ts";
import type { Candidate } from "./candidate.ts";

export const NEXT_HANDLER = "Next route";

/** @param ours whose worker it needs; a second one would share the work of the first */
export async function startNextHandler(
  bench: Bench,
  ours: Candidate,
  cleanUp: AsyncDisposableStack,
): Promise<Candidate> {
  await buildNextApp(bench.dir);
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
    title: "our router, Next handler",
    port,
    pids: { ...ours.pids, web: [pid] },
  };
}
