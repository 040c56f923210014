/** `npm run test:fuzz -- --seconds N --seed S`: the fuzzer alone, for as long as one likes, or again as it was. */
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { seconds: { type: "string" }, seed: { type: "string" } } });
const env = { ...process.env };
for (const name of /** @type {const} */ (["seconds", "seed"])) {
  const value = values[name];
  if (value === undefined) continue;
  if (!/^\d{1,10}$/.test(value)) {
    console.error(`--${name} must be a whole number`);
    process.exit(2);
  }
  env[`FUZZ_${name.toUpperCase()}`] = value;
}
spawn("vitest", ["run", "--project", "fuzz"], { env, stdio: "inherit" }).once("exit", (code) => {
  process.exitCode = code ?? 1;
});
