/** What operators may rely on when they set the environment. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { commandEnv, EnvError, readElsewhere, type Source, variables, webEnv, workerEnv } from "./env.ts";

const good: Source = {
  REDIS_URL: "redis://127.0.0.1:6379",
  KAFKA_BROKERS: "a.example:9092, b.example:9092",
  DATABASE_URL: "mysql://root@127.0.0.1:3306/sunchak",
  SESSION_KEYS: "0123456789abcdef0123456789abcdef",
};

function problemsOf(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof EnvError) return error.problems;
    throw error;
  }
  return [];
}

describe(".env.example", () => {
  const lines = readFileSync(new URL("../.env.example", import.meta.url), "utf8").split("\n");
  const entries = lines.flatMap((line, index) => {
    const [, commented, name, value] = /^(# )?([A-Z_]+)=(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, value: value ?? "", commented, above: lines[index - 1] ?? "" }];
  });

  test("lists exactly the variables that are read", () => {
    const listed = entries.map((entry) => entry.name).sort();
    expect(listed).toEqual([...Object.keys(variables), ...readElsewhere].sort());
  });

  test("says a sentence about each variable", () => {
    for (const { name, above } of entries) expect(above, name).toMatch(/^# .*[.]$/);
  });

  test("shows the default of each variable that has one", () => {
    for (const { name, value } of entries) {
      const schema = variables[name as keyof typeof variables];
      const byDefault = schema?.safeParse(undefined);
      if (byDefault?.success && byDefault.data !== undefined)
        expect(value, name).toBe(String(byDefault.data));
    }
  });

  test("is a working environment as it stands", () => {
    const uncommented = entries.filter((entry) => entry.commented === undefined);
    const source = Object.fromEntries(uncommented.map(({ name, value }) => [name, value]));
    expect(problemsOf(() => webEnv(source))).toEqual([]);
    expect(problemsOf(() => workerEnv(source))).toEqual([]);
  });
});

describe("an environment", () => {
  test("is read with its defaults", () => {
    expect(webEnv(good)).toMatchObject({
      PORT: 3000,
      EPOCH_LEASE_MS: 5000,
      KAFKA_BROKERS: ["a.example:9092", "b.example:9092"],
    });
  });

  test("tells every problem at once, by name and without the value", () => {
    const problems = problemsOf(() => webEnv({ PORT: "http", SESSION_KEYS: "short-secret", REDIS_URL: " " }));
    expect(problems.map((problem) => problem.split(" ")[0]).sort()).toEqual([
      "DATABASE_URL",
      "KAFKA_BROKERS",
      "PORT",
      "REDIS_URL",
      "SESSION_KEYS",
    ]);
    expect(problems.join()).not.toContain("short-secret");
  });

  test.each([
    ["PORT", "70000"],
    ["PORT", "80.5"],
    ["PUBLIC_URL", "ftp://example.com"],
    ["PUBLIC_URL", "coupons.example.com"],
    ["REDIS_URL", "127.0.0.1:6379"],
    ["REDIS_URL", "redis://a:1,http://b:2"],
    ["KAFKA_BROKERS", "kafka"],
    ["DATABASE_URL", "postgres://root@127.0.0.1/sunchak"],
    ["DATABASE_URL", "mysql://root@127.0.0.1"],
    ["SESSION_KEYS", "0123456789abcdef0123456789abcdef,short"],
    ["EPOCH_LEASE_MS", "0"],
    ["NEXT_DIST_DIR", "../elsewhere"],
    ["LOG_LEVEL", "loud"],
  ])("refuses %s=%s with a message of its own", (name, value) => {
    const problems = problemsOf(() => webEnv({ ...good, [name]: value }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name} .{10}`));
  });

  test("refuses the published key of .env.example in production", () => {
    const production = { ...good, NODE_ENV: "production", ALLOW_DEMO_IN_PRODUCTION: "yes" };
    const key = "change-me-change-me-change-me-change-me";
    expect(problemsOf(() => webEnv(production))).toEqual([]);
    expect(problemsOf(() => webEnv({ ...production, SESSION_KEYS: key }))).toEqual([
      expect.stringContaining("SESSION_KEYS"),
    ]);
    expect(problemsOf(() => webEnv({ ...good, SESSION_KEYS: key }))).toEqual([]);
  });

  test("with demo sign-in in production needs a second, explicit yes", () => {
    const production = { ...good, NODE_ENV: "production" };
    expect(problemsOf(() => webEnv(production))).toEqual([
      expect.stringContaining("ALLOW_DEMO_IN_PRODUCTION=yes"),
    ]);
    expect(problemsOf(() => webEnv({ ...production, ALLOW_DEMO_IN_PRODUCTION: "yes" }))).toEqual([]);
  });

  test("of a command is completed from the running stack, and given values win", () => {
    const env = commandEnv({ DATABASE_URL: "mysql://given@h/db", REDIS_URL: "" }, good);
    expect(env).toMatchObject({ DATABASE_URL: "mysql://given@h/db", REDIS_URL: good.REDIS_URL });
  });
});
