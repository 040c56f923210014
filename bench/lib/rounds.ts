/** Rounds in turns, A B A B …, so that whatever else the machine does meets every candidate alike. */
import { Stopped } from "../../stack/failure.mjs";
import { say } from "../../stack/progress.mjs";
import { stopSignal } from "../../stack/shutdown.mjs";

/**
 * @returns for each candidate its rounds, in their order
 * @throws Stopped when somebody asked us to stop, between two rounds
 */
export async function inTurns<C extends { name: string }, R>(
  candidates: readonly C[],
  rounds: number,
  measure: (candidate: C, round: number) => Promise<{ result: R; word: string }>,
): Promise<{ candidate: C; results: R[] }[]> {
  const all = candidates.map((candidate) => ({ candidate, results: [] as R[] }));
  for (let round = 0; round < rounds; round += 1)
    for (const { candidate, results } of all) {
      if (stopSignal.aborted) throw new Stopped("stopped");
      const { result, word } = await measure(candidate, round);
      say(`  round ${round + 1}  ${candidate.name.padEnd(12)} ${word}`);
      results.push(result);
    }
  return all;
}
