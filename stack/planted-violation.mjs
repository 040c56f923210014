/** Plants a forbidden import in the core and expects dependency-cruiser to see it: rules that see nothing are no rules. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Failure } from "./failure.mjs";
import { ROOT, STACK_DIR } from "./paths.mjs";
import { runForCode } from "./run.mjs";

const FILE = join(ROOT, "server", "coupon", `planted-violation-${process.pid}.ts`);
const LOG = join(STACK_DIR, "logs", `planted-violation-${process.pid}.log`);
const TEXT = `/** Planted by "npm run check" and removed again. */
import type { RowDataPacket } from "mysql2";

export type Forbidden = RowDataPacket;
`;

/** @throws {Failure} when the planted import passes */
export async function plantViolation() {
  // Also when a signal or a crash ends us in the middle.
  const remove = () => rmSync(FILE, { force: true });
  process.once("exit", remove);
  try {
    writeFileSync(FILE, TEXT);
    const code = await runForCode("depcruise", ["--config", ".dependency-cruiser.mjs", "server"], {
      cwd: ROOT,
      log: LOG,
    });
    const seen = code !== 0 && readFileSync(LOG, "utf8").includes(basename(FILE));
    if (!seen) throw new Failure(`dependency-cruiser let a forbidden import pass:\n${TEXT}`);
  } finally {
    remove();
    rmSync(LOG, { force: true });
    process.removeListener("exit", remove);
  }
}
