/** The script that every visitor gets holds nothing that only the server knows. */
import { join } from "node:path";
import { ROOT } from "../../stack/paths.mjs";
import { filesBelow, serverWordsIn } from "./bundle.ts";
import { expect, test } from "./fixtures.ts";
import { COMMAND_ENV } from "./set-up.ts";

/** Settings whose values are no secret, and stand in many texts. */
const OPEN = [
  "NODE_ENV",
  "AUTH_MODE",
  "LOG_LEVEL",
  "PUBLIC_URL",
  "PATH",
  "NEXT_DIST_DIR",
  "ALLOW_DEMO_IN_PRODUCTION",
];

function secrets(): string[] {
  const env: Record<string, string> = JSON.parse(process.env[COMMAND_ENV] ?? "{}");
  const values = Object.entries(env).filter(([name]) => !OPEN.includes(name) && !name.endsWith("PORT"));
  return [...values.map(([, value]) => value), ROOT];
}

test("a planted secret is found", () => {
  expect(serverWordsIn('e="SESSION_KEYS"', [])).toEqual(["SESSION_KEYS"]);
  expect(serverWordsIn(`t("${ROOT}/app")`, secrets())).toEqual(expect.arrayContaining([ROOT]));
});

test("the built files name no setting, table, key, library or path of the server, and bring no source maps", () => {
  const files = filesBelow(join(ROOT, process.env.NEXT_DIST_DIR ?? ".next", "static"));
  expect(files.length).toBeGreaterThan(5);
  const problems = files.flatMap(({ name, text }) =>
    serverWordsIn(text, secrets()).map((word) => `${name} has ${word}`),
  );
  expect(problems).toEqual([]);
  expect(files.filter(({ name }) => name.endsWith(".map"))).toEqual([]);
});

test("so does the HTML of every page", async ({ page, createEvent }) => {
  const { id } = await createEvent();
  for (const path of ["/", `/events/${id}`, "/coupons", "/sign-in", "/nothing-here"])
    expect(serverWordsIn(await (await page.request.get(path)).text(), secrets()), path).toEqual([]);
});

test("no path leads to a file that is not part of the pages", async ({ page }) => {
  const paths = [
    "/package.json",
    "/.env",
    "/.git/HEAD",
    "/server/main.ts",
    "/.next/BUILD_ID",
    "/_next/server/app/page.js",
  ];
  for (const path of [...paths, "/_next/../package.json", "/_next/static/..%2f..%2fpackage.json"])
    expect((await page.request.get(path)).status(), path).toBeGreaterThanOrEqual(400);
});
