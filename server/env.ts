/**
 * The only reader of process.env: what each variable means, what it may be, and which root needs which.
 * `.env.example` says the same to operators, and a test keeps the two together.
 */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { problemsBehindProxy, proxyVariables } from "./env/proxy.ts";
import {
  databaseNames,
  guardianNames,
  kafkaNames,
  problemsOfServices,
  redisNames,
  serviceVariables,
} from "./env/services.ts";
import { problemsOfSignIn, signInNames, signInVariables } from "./env/sign-in.ts";
import { choice, count, name, port } from "./env/values.ts";
import { logLevels } from "./log.ts";

/** Every variable, with the message that a wrong value deserves. An empty value counts as missing. */
export const variables = {
  NODE_ENV: choice(["development", "production", "test"]).default("development"),
  LOG_LEVEL: choice(logLevels).default("info"),
  HOST: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9._:%-]+$/, "must be one address or name of this machine, like 127.0.0.1 or 0.0.0.0")
    .default("127.0.0.1"),
  PORT: port(3000),
  WORKER_PORT: port(3001),
  METRICS_PORT: port(3002),
  PUBLIC_URL: z
    .string()
    .refine(isOrigin, "must be an http or https address without a path, like https://coupons.example.com")
    .optional(),
  ...proxyVariables,
  STOP_GRACE_MS: count(1000, 0, 60_000),
  ...serviceVariables,
  CLAIM_TOPIC: name("coupon.request"),
  CLAIM_PARTITIONS: count(4, 1, 256),
  CLAIM_REPLICATION: count(1, 1, 9),
  CONSUMER_GROUP: name("sunchak-worker"),
  EPOCH_LEASE_MS: count(5000, 200, 60_000),
  ARCHIVE_AFTER_HOURS: count(168, 0, 87_600),
  ...signInVariables,
  CLAIM_RATE_PER_USER: count(20, 0, 100_000),
  SEED: choice(["none", "demo"]).default("none"),
  PAGES: choice(["next", "none"]).default("next"),
  NEXT_DIST_DIR: z
    .string()
    .regex(/^\.next[A-Za-z0-9-]*$/, "must be .next or start with it")
    .default(".next"),
} satisfies Record<string, z.ZodType>;

/** Read by the scripts that start things, before this file can be loaded; listed so that .env.example is complete. */
export const readElsewhere = ["STACK", "CHROMIUM_PATH"] as const;

const everyProcess = ["NODE_ENV", "LOG_LEVEL", "HOST", "STOP_GRACE_MS"] as const;
const services = [...redisNames, ...kafkaNames, ...databaseNames, "EPOCH_LEASE_MS"] as const;
const claimLog = ["CLAIM_TOPIC", "CLAIM_PARTITIONS", "CLAIM_REPLICATION", "CONSUMER_GROUP"] as const;
const addresses = ["HOST", "PORT", "WORKER_PORT", "METRICS_PORT", "PUBLIC_URL"] as const;

type Name = keyof typeof variables;
type Values<N extends Name> = { [K in N]: z.output<(typeof variables)[K]> };
/** The environment as it was given: the process's own, or one made by a test. */
export type Source = Record<string, string | undefined>;

/** Everything that is wrong with an environment, one sentence for each variable. Values are never repeated: some are secrets. */
export class EnvError extends Error {
  override name = "EnvError";
  readonly problems: string[];
  constructor(problems: string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

/** For server/main.ts. @throws EnvError */
export function webEnv(source: Source = process.env) {
  const names = [
    ...everyProcess,
    ...services,
    ...signInNames,
    "PORT",
    "METRICS_PORT",
    "PUBLIC_URL",
    "TRUSTED_PROXIES",
    "CLAIM_RATE_PER_USER",
    "PAGES",
    "NEXT_DIST_DIR",
  ] as const;
  return read(source, names, (env) => [
    ...problemsOfSignIn(env),
    ...problemsBehindProxy(env),
    ...problemsOfPorts(env),
  ]);
}

/** For worker/main.ts. @throws EnvError */
export function workerEnv(source: Source = process.env) {
  return read(source, [
    ...everyProcess,
    ...services,
    ...guardianNames,
    ...claimLog,
    "WORKER_PORT",
    "SEED",
    "ARCHIVE_AFTER_HOURS",
  ]);
}

/** For commands/*: what is missing is taken from the local stack, if one runs. @throws EnvError */
export function commandEnv(source: Source = process.env, stack: Source = stackEnv()) {
  return read({ ...stack, ...withoutEmpty(source) }, [
    ...addresses,
    ...services,
    ...claimLog,
    "NODE_ENV",
    "LOG_LEVEL",
  ]);
}

/** For commands/migrate.ts and drizzle.config.ts. @throws EnvError */
export function migrateEnv(source: Source = process.env, stack: Source = stackEnv()) {
  return read({ ...stack, ...withoutEmpty(source) }, [...databaseNames, "LOG_LEVEL", "SEED"]);
}

/** Reads an environment for a root: on trouble every problem on a line of its own on stderr, and exit code 1. */
export function orExit<T>(readEnv: () => T): T {
  try {
    return readEnv();
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    for (const problem of error.problems) console.error(problem);
    process.exit(1);
  }
}

function read<const N extends Name>(
  source: Source,
  names: readonly N[],
  rules: (env: Values<N>) => string[] = () => [],
): Values<N> {
  const given = withoutEmpty(source);
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const variable of names) {
    const result = (variables[variable] as z.ZodType).safeParse(given[variable]);
    if (result.success) values[variable] = result.data;
    else problems.push(`${variable} ${result.error.issues.map((issue) => issue.message).join(", ")}`);
  }
  if (problems.length === 0) problems.push(...problemsOfServices(values), ...rules(values as Values<N>));
  if (problems.length > 0) throw new EnvError(problems);
  return values as Values<N>;
}

/** Both are listened to at the same address; 0 is any free port. */
function problemsOfPorts(env: { PORT: number; METRICS_PORT: number }): string[] {
  return env.PORT === env.METRICS_PORT && env.PORT !== 0
    ? ["PORT and METRICS_PORT must be two ports: what operators read is not for everyone"]
    : [];
}

/** Pages stand at the top of their site: cookies, links and redirects know no folder. */
function isOrigin(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  return url.href === `${url.origin}/`;
}

function withoutEmpty(source: Source): Source {
  return Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value.trim() !== ""),
  );
}

/** The `env` of the running local stack; nothing when there is none. */
function stackEnv(): Source {
  try {
    const state = z.object({ env: z.record(z.string(), z.string()) });
    return state.parse(
      JSON.parse(readFileSync(new URL("../.stack/main/state.json", import.meta.url), "utf8")),
    ).env;
  } catch {
    return {};
  }
}
