/** Are the migrations up to date? Then `drizzle-kit generate` has nothing to add to a copy of them. */
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { Failure } from "./failure.mjs";
import { ROOT, STACK_DIR } from "./paths.mjs";
import { run } from "./run.mjs";

/**
 * @param {string} log gets what drizzle-kit says
 * @throws {Failure} when a migration is missing
 */
export async function checkMigrations(log) {
  const folder = join(STACK_DIR, `check-migrations-${process.pid}`);
  const copy = join(folder, "drizzle");
  try {
    mkdirSync(folder, { recursive: true });
    cpSync(join(ROOT, "drizzle"), copy, { recursive: true });
    // The project's own settings, with the copy as the place to write to.
    const out = JSON.stringify(relative(ROOT, copy));
    const settings = `import config from "../../drizzle.config.ts";\nexport default { ...config, out: ${out} };\n`;
    const file = join(folder, "drizzle.config.ts");
    writeFileSync(file, settings);
    await run("drizzle-kit", ["generate", "--config", relative(ROOT, file)], { cwd: ROOT, log });
    const added = migrations(copy).filter((name) => !migrations(join(ROOT, "drizzle")).includes(name));
    if (added.length > 0)
      throw new Failure("The schema has changes without a migration: run `npm run generate`.");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} folder */
function migrations(folder) {
  return readdirSync(folder).filter((name) => name.endsWith(".sql"));
}
