/** What operators may rely on when they set the environment. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { generate } from "selfsigned";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commandEnv, EnvError, readElsewhere, type Source, variables, webEnv, workerEnv } from "./env.ts";

const good: Source = {
  REDIS_URL: "redis://127.0.0.1:6379",
  KAFKA_BROKERS: "a.example:9092, b.example:9092",
  DATABASE_URL: "mysql://root@127.0.0.1:3306/sunchak",
  SESSION_KEYS: "0123456789abcdef0123456789abcdef",
};

const guardianByAddress = { GUARDIAN_DATABASE_URL: "mysql://u:a-secret@[::1]/db" };

/** A file with a certificate, as any machine has it. */
let aCertificate = "";
beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), "sunchak-env-"));
  aCertificate = join(dir, "ca.pem");
  writeFileSync(aCertificate, (await generate([{ name: "commonName", value: "test" }])).cert);
});
afterAll(() => rmSync(dirname(aCertificate), { recursive: true }));

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
    ["PORT", "0x10"],
    ["METRICS_PORT", "3e3"],
    ["HOST", "0.0.0.0 127.0.0.1"],
    ["KAFKA_BROKERS", "kafka:65536"],
    ["DATABASE_URL", "mysql://root:100%@127.0.0.1/sunchak"],
    ["REDIS_URL", "redis://:100%@127.0.0.1:6379"],
    ["REDIS_URL", "redis://127.0.0.1:6379/1"],
    ["REDIS_URL", "redis://127.0.0.1:6379?enableOfflineQueue=true"],
    ["PUBLIC_URL", "ftp://example.com"],
    ["PUBLIC_URL", "coupons.example.com"],
    ["PUBLIC_URL", "https://coupons.example.com/shop"],
    ["REDIS_URL", "127.0.0.1:6379"],
    ["REDIS_URL", "redis://a:1,http://b:2"],
    ["KAFKA_BROKERS", "kafka"],
    ["DATABASE_URL", "postgres://root@127.0.0.1/sunchak"],
    ["DATABASE_URL", "mysql://root@127.0.0.1"],
    ["SESSION_KEYS", "0123456789abcdef0123456789abcdef,short"],
    ["EPOCH_LEASE_MS", "0"],
    ["NEXT_DIST_DIR", "../elsewhere"],
    ["LOG_LEVEL", "loud"],
    ["REDIS_CA_FILE", "/nowhere/ca.pem"],
    ["KAFKA_CA_FILE", ".env.example"],
    ["KAFKA_TLS", "true"],
    ["KAFKA_SASL_MECHANISM", "kerberos"],
  ])("refuses %s=%s with a message of its own", (name, value) => {
    const problems = problemsOf(() => webEnv({ ...good, [name]: value }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name} .{10}`));
  });

  test.each([
    ["NODE_ENV", "prod", "must be development, production or test"],
    ["LOG_LEVEL", "loud", "must be fatal, error, warn, info, debug, trace or silent"],
    ["KAFKA_TLS", "true", "must be yes or no"],
    ["DATABASE_TLS", "1", "must be yes or no"],
    ["KAFKA_SASL_MECHANISM", "kerberos", "must be plain, scram-sha-256 or scram-sha-512"],
    ["AUTH_MODE", "saml", "must be demo or oidc"],
    ["ALLOW_DEMO_IN_PRODUCTION", "true", "must be yes or no"],
    ["PAGES", "react", "must be next or none"],
    ["OIDC_CLIENT_ID", "x".repeat(1001), "must not have more than 1000 characters"],
  ])("says of %s=%s which words it may be, without the value", (name, value, words) => {
    expect(problemsOf(() => webEnv({ ...good, [name]: value }))).toEqual([`${name} ${words}`]);
  });

  test("keeps what operators read on a port of its own", () => {
    const same = { ...good, PORT: "4000", METRICS_PORT: "4000" };
    expect(problemsOf(() => webEnv(same))).toEqual([expect.stringMatching(/^PORT and METRICS_PORT .{10}/)]);
    expect(problemsOf(() => webEnv({ ...good, PORT: "0", METRICS_PORT: "0" }))).toEqual([]);
  });

  test("takes accounts whose special characters are percent-encoded, and database 0 by its number", () => {
    const urls = {
      DATABASE_URL: "mysql://root:100%25%40@127.0.0.1/sunchak",
      REDIS_URL: "redis://web:100%25@127.0.0.1:6379/0",
    };
    expect(problemsOf(() => webEnv({ ...good, ...urls }))).toEqual([]);
  });

  test.each([
    ["REDIS_URL", { REDIS_URL: "rediss://a:1,redis://b:2" }],
    ["KAFKA_USERNAME", { KAFKA_USERNAME: "web" }],
    ["KAFKA_USERNAME", { KAFKA_PASSWORD: "a-secret" }],
    ["GUARDIAN_KAFKA_USERNAME", { GUARDIAN_KAFKA_PASSWORD: "a-secret" }],
    ["DATABASE_URL", { DATABASE_TLS: "yes", DATABASE_URL: "mysql://u:a-secret@10.0.0.1/db" }],
    ["GUARDIAN_DATABASE_URL", { DATABASE_TLS: "yes", DATABASE_URL: "mysql://h/db", ...guardianByAddress }],
  ])("refuses a %s that does not go with the rest, and repeats no secret", (name, changes) => {
    const problems = problemsOf(() => workerEnv({ ...good, ...changes }));
    expect(problems).toEqual([expect.stringMatching(new RegExp(`^${name} .{20}`))]);
    expect(problems.join()).not.toContain("a-secret");
  });

  test("refuses an authority's file where nothing is encrypted, instead of trusting everyone silently", () => {
    const ca = { REDIS_CA_FILE: aCertificate, KAFKA_CA_FILE: aCertificate, DATABASE_CA_FILE: aCertificate };
    expect(problemsOf(() => webEnv({ ...good, ...ca })).map((problem) => problem.split(" ")[0])).toEqual([
      "REDIS_CA_FILE",
      "KAFKA_CA_FILE",
      "DATABASE_CA_FILE",
    ]);
  });

  test("refuses the published key of .env.example wherever others can come", () => {
    const production = { ...good, NODE_ENV: "production", ALLOW_DEMO_IN_PRODUCTION: "yes" };
    const key = "change-me-change-me-change-me-change-me";
    expect(problemsOf(() => webEnv(production))).toEqual([]);
    expect(problemsOf(() => webEnv({ ...production, SESSION_KEYS: key }))).toEqual([
      expect.stringContaining("SESSION_KEYS"),
    ]);
    expect(problemsOf(() => webEnv({ ...good, SESSION_KEYS: key }))).toEqual([]);
    const https = { ...good, PUBLIC_URL: "https://coupons.example.com" };
    const oidc = {
      ...{ ...good, AUTH_MODE: "oidc", PUBLIC_URL: "http://localhost:3000" },
      ...{ OIDC_ISSUER: "http://127.0.0.1:9000", OIDC_CLIENT_ID: "sunchak" },
    };
    for (const reachable of [https, oidc]) {
      expect(problemsOf(() => webEnv(reachable))).toEqual([]);
      expect(problemsOf(() => webEnv({ ...reachable, SESSION_KEYS: key }))).toHaveLength(1);
    }
  });

  test("with proxies in front needs the address that browsers use", () => {
    const proxied = { ...good, TRUSTED_PROXIES: "10.0.0.5, fd00::/8" };
    expect(problemsOf(() => webEnv(proxied))).toEqual([expect.stringContaining("PUBLIC_URL")]);
    const env = webEnv({ ...proxied, PUBLIC_URL: "https://coupons.example.com" });
    expect(env.TRUSTED_PROXIES).toEqual(["10.0.0.5", "fd00::/8"]);
    const blocks = { ...proxied, TRUSTED_PROXIES: "10.0.0.0/8,fc00::/7,::ffff:10.0.0.0/104" };
    expect(problemsOf(() => webEnv({ ...blocks, PUBLIC_URL: "https://a.example" }))).toEqual([]);
    const tooWide = ["0.0.0.0/1", "8.0.0.0/7", "2000::/3", "::ffff:0:0/96", "0:0:0:0:0:ffff:0:0/97"];
    for (const wrong of ["nginx", "10.0.0.0/33", "10.0.0.0/8/8", "10.0.0.1,0.0.0.0/0", "::/0", ...tooWide])
      expect(
        problemsOf(() => webEnv({ ...proxied, PUBLIC_URL: "https://a.example", TRUSTED_PROXIES: wrong })),
        wrong,
      ).toEqual([expect.stringMatching(/^TRUSTED_PROXIES must be addresses or blocks/)]);
  });

  test("with demo sign-in in production needs a second, explicit yes", () => {
    const production = { ...good, NODE_ENV: "production" };
    expect(problemsOf(() => webEnv(production))).toEqual([
      expect.stringContaining("ALLOW_DEMO_IN_PRODUCTION=yes"),
    ]);
    expect(problemsOf(() => webEnv({ ...production, ALLOW_DEMO_IN_PRODUCTION: "yes" }))).toEqual([]);
  });

  describe("with AUTH_MODE=oidc", () => {
    const oidc = {
      ...good,
      NODE_ENV: "production",
      AUTH_MODE: "oidc",
      OIDC_ISSUER: "https://login.example.com/realm",
      OIDC_CLIENT_ID: "sunchak",
      PUBLIC_URL: "https://coupons.example.com",
    };

    test("needs no second yes in production", () => {
      expect(problemsOf(() => webEnv(oidc))).toEqual([]);
    });

    test.each(["OIDC_ISSUER", "OIDC_CLIENT_ID", "PUBLIC_URL"])(
      "needs %s, and says so in a sentence",
      (name) => {
        expect(problemsOf(() => webEnv({ ...oidc, [name]: "" }))).toEqual([
          expect.stringMatching(new RegExp(`^${name} is missing: .{10}`)),
        ]);
        expect(problemsOf(() => webEnv({ ...good, [name]: "" }))).toEqual([]);
      },
    );

    test.each([
      ["OIDC_ISSUER", "http://login.example.com"],
      ["OIDC_ISSUER", "https://login.example.com/?tenant=1"],
      ["OIDC_ISSUER", "https://user:secret@login.example.com"],
      ["OIDC_ISSUER", "login.example.com"],
      ["OIDC_SCOPES", "profile email"],
      ["OIDC_SCOPES", "openid  email"],
      ["OPERATORS", "boss"],
      ["OPERATORS", "boss@example.com,1234"],
      ["PUBLIC_URL", "http://coupons.example.com"],
    ])("refuses %s=%s with a message of its own", (name, value) => {
      expect(problemsOf(() => webEnv({ ...oidc, [name]: value }))).toEqual([
        expect.stringMatching(new RegExp(`^${name} .{10}`)),
      ]);
    });

    test("may use http where it does not leave the machine", () => {
      const local = { OIDC_ISSUER: "http://127.0.0.1:9000", PUBLIC_URL: "http://localhost:3000" };
      expect(problemsOf(() => webEnv({ ...oidc, ...local }))).toEqual([]);
    });
  });

  test("of a command is completed from the running stack, and given values win", () => {
    const env = commandEnv({ DATABASE_URL: "mysql://given@h/db", REDIS_URL: "" }, good);
    expect(env).toMatchObject({ DATABASE_URL: "mysql://given@h/db", REDIS_URL: good.REDIS_URL });
  });
});
