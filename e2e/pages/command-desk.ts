/**
 * Runs the product's commands one after the other in a process that stays. Each has its own arguments, output and exit
 * code, as if started alone; but the libraries they share are loaded once, which costs more than a second of CPU at
 * each start, and nearly every browser test makes an event. Its parent is commands.ts, and it ends with it.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "../../stack/paths.mjs";

/** What the parent sends, one at a time. */
export type Order = { script: string; args: string[] };
/** What it gets back for each. */
export type Outcome = { code: number; stdout: string; stderr: string };

const endProcess = process.exit.bind(process);
// A command ends its process; here only its turn ends.
process.exit = (() => undefined) as unknown as typeof process.exit;
process.once("disconnect", () => endProcess());

let turns = 0;
process.on("message", async (order: Order) => {
  process.send?.(await run(order));
});

async function run({ script, args }: Order): Promise<Outcome> {
  turns += 1;
  const written = { stdout: "", stderr: "" };
  console.log = (line: string) => {
    written.stdout += `${line}\n`;
  };
  console.error = (...words: unknown[]) => {
    written.stderr += `${words.join(" ")}\n`;
  };
  process.argv = [process.execPath, script, ...args];
  process.exitCode = undefined;
  try {
    // A command runs when its module is loaded: another query makes it another module, of the same libraries.
    await import(`${pathToFileURL(join(ROOT, script))}?turn=${turns}`);
  } catch (error) {
    return { ...written, code: 1, stderr: `${written.stderr}${error}` };
  }
  return { ...written, code: Number(process.exitCode ?? 0) };
}
