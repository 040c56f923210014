/** Starts the candidates of a part, and ends them behind it: a part is not measured beside processes it has no use for. */
import type { Bench } from "../context.ts";
import { ways } from "../ways/index.ts";
import { type Candidate, OURS, YARDSTICK } from "./candidate.ts";
import { startYardstick } from "./l0.ts";
import { NEXT_HANDLER, startNextHandler } from "./next-handler.ts";
import { nameOf, startWay } from "./other-way.ts";
import { startOurs } from "./ours.ts";

export const wayNames: readonly string[] = ways.map(nameOf);

/** @param names OURS, YARDSTICK, NEXT_HANDLER, "way 1" …; they come in this order */
export async function withCandidates<T>(
  bench: Bench,
  names: readonly string[],
  work: (candidates: Candidate[]) => Promise<T>,
): Promise<T> {
  await using cleanUp = new AsyncDisposableStack();
  const candidates: Candidate[] = [];
  // One after the other: the Next route uses the worker of ours.
  for (const name of names) candidates.push(await start(name, { bench, cleanUp, candidates }));
  return await work(candidates);
}

async function start(
  name: string,
  running: { bench: Bench; cleanUp: AsyncDisposableStack; candidates: readonly Candidate[] },
): Promise<Candidate> {
  const { bench, cleanUp, candidates } = running;
  if (name === OURS) return startOurs(bench, cleanUp);
  if (name === YARDSTICK) return startYardstick(bench, cleanUp);
  if (name === NEXT_HANDLER) {
    const ours = candidates.find((candidate) => candidate.name === OURS) ?? (await startOurs(bench, cleanUp));
    return startNextHandler(bench, ours, cleanUp);
  }
  const way = ways.find((each) => nameOf(each) === name);
  if (way === undefined) throw new Error(`there is no candidate ${name}`);
  return startWay(way, bench, cleanUp);
}
