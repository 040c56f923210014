/** What is read from a build, and what is left where it is. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { readBuildFiles } from "./build-files.ts";

test("browsers may ask for the static files and for the icon, and for nothing else of the build", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sunchak-build-"));
  try {
    for (const file of [
      "static/chunks/a.js",
      "static/media/b.svg",
      "server/app/icon.svg.body",
      "server/app/icon.svg.meta",
      "server/app/page.js",
      "server/app/events/secret.body",
      "BUILD_ID",
    ]) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), file);
    }
    symlinkSync("/etc/hostname", join(folder, "static", "link.js"));
    const files = await readBuildFiles(folder);
    expect(files.map(({ path, body }) => [path, body.toString()]).sort()).toEqual([
      ["/_next/static/chunks/a.js", "static/chunks/a.js"],
      ["/_next/static/media/b.svg", "static/media/b.svg"],
      ["/icon.svg", "server/app/icon.svg.body"],
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
