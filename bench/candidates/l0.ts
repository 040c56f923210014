/** The yardstick as a candidate: what plain HTTP can do on this machine, with the same generator and the same bytes. */
import type { Bench } from "../context.ts";
import { type Candidate, YARDSTICK } from "./candidate.ts";

export async function startYardstick(bench: Bench, cleanUp: AsyncDisposableStack): Promise<Candidate> {
  const { pid, port, stop } = await bench.start({
    label: YARDSTICK,
    script: "bench/candidates/l0-server.ts",
    env: {},
    ready: "/",
  });
  cleanUp.defer(stop);
  return {
    name: YARDSTICK,
    title: "node:http, JSON echo",
    port,
    isOurs: false,
    pids: { web: [pid], worker: [] },
    books: null,
  };
}
