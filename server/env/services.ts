/**
 * The settings of Redis, Kafka and MySQL: addresses, accounts, TLS. Part of env.ts, which reads them; here as well is
 * what the roots hand to the adapters.
 */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { z } from "zod";
import { choice, list, PORT_MAX, required, switchedOn } from "./values.ts";

const SASL_MECHANISMS = ["plain", "scram-sha-256", "scram-sha-512"] as const;

const text = () => z.string().min(1).optional();

/** A file of certificates in PEM; its value is what stands in the file. */
const authorities = () =>
  z
    .string()
    .transform((path, context) => {
      try {
        const pem = readFileSync(path, "utf8");
        new X509Certificate(pem);
        return pem;
      } catch (error) {
        const { code } = error as { code?: string };
        context.addIssue(
          code === "ENOENT" || code === "EACCES" || code === "EISDIR"
            ? `names a file that cannot be read (${code})`
            : "names a file that holds no certificate in PEM",
        );
        return z.NEVER;
      }
    })
    .optional();

const MYSQL_ADDRESS = "mysql://user:password@host:port/database";
const BAD_PERCENT = "has a % that encodes nothing: special characters are percent-encoded, % itself as %25";

const mysqlAddress = (options?: ReturnType<typeof required>) =>
  z
    .string(options)
    .refine(isMysqlUrl, { error: `must be ${MYSQL_ADDRESS}`, abort: true })
    .refine(isDecodable, BAD_PERCENT);

export const serviceVariables = {
  REDIS_URL: z
    .string(required("redis://host:port, or several with commas between them for a Cluster"))
    .refine((urls) => list(urls).length > 0 && list(urls).every(isRedisUrl), {
      error: "must be redis://host:port or rediss://host:port, several with commas",
      abort: true,
    })
    .refine((urls) => list(urls).every(isDecodable), BAD_PERCENT)
    .refine(
      (urls) => list(urls).every(isPlain),
      // An account that may not SELECT stays in database 0, and options in an address win over those of the protocol.
      "must not name a database or options behind the port: the gate is in database 0, with settings of its own",
    ),
  REDIS_CA_FILE: authorities(),
  KAFKA_BROKERS: z
    .string(required("host:port of one or more brokers, with commas between them"))
    .transform(list)
    .refine(
      (brokers) => brokers.length > 0 && brokers.every(isBroker),
      `must be host:port, several with commas; a port is a number from 1 to ${PORT_MAX}`,
    ),
  KAFKA_TLS: switchedOn(),
  KAFKA_CA_FILE: authorities(),
  KAFKA_SASL_MECHANISM: choice(SASL_MECHANISMS).default("scram-sha-512"),
  KAFKA_USERNAME: text(),
  KAFKA_PASSWORD: text(),
  GUARDIAN_KAFKA_USERNAME: text(),
  GUARDIAN_KAFKA_PASSWORD: text(),
  DATABASE_URL: mysqlAddress(required(MYSQL_ADDRESS)),
  GUARDIAN_DATABASE_URL: mysqlAddress().optional(),
  DATABASE_TLS: switchedOn(),
  DATABASE_CA_FILE: authorities(),
} satisfies Record<string, z.ZodType>;

type Values<N extends keyof typeof serviceVariables> = { [K in N]: z.output<(typeof serviceVariables)[K]> };

export const redisNames = ["REDIS_URL", "REDIS_CA_FILE"] as const;
export const kafkaNames = [
  "KAFKA_BROKERS",
  "KAFKA_TLS",
  "KAFKA_CA_FILE",
  "KAFKA_SASL_MECHANISM",
  "KAFKA_USERNAME",
  "KAFKA_PASSWORD",
] as const;
export const databaseNames = ["DATABASE_URL", "DATABASE_TLS", "DATABASE_CA_FILE"] as const;
/** The guardian is a part of the worker process that may have accounts of its own. */
export const guardianNames = [
  "GUARDIAN_KAFKA_USERNAME",
  "GUARDIAN_KAFKA_PASSWORD",
  "GUARDIAN_DATABASE_URL",
] as const;

export type RedisSettings = Values<(typeof redisNames)[number]>;
export type KafkaSettings = Values<(typeof kafkaNames)[number]>;
export type DatabaseSettings = Values<(typeof databaseNames)[number]>;
export type GuardianSettings = Values<(typeof guardianNames)[number]>;

/** Variables that are right by themselves and wrong together: what was meant to protect would be left out silently. */
export function problemsOfServices(
  env: Partial<RedisSettings & KafkaSettings & DatabaseSettings & GuardianSettings>,
): string[] {
  const problems: string[] = [];
  const say = (isWrong: boolean, problem: string) => void (isWrong && problems.push(problem));

  const redisUrls = list(env.REDIS_URL ?? "");
  const secure = redisUrls.filter((url) => url.startsWith("rediss:")).length;
  say(
    secure > 0 && secure < redisUrls.length,
    "REDIS_URL must begin with rediss:// everywhere or nowhere: a Cluster speaks one of the two",
  );
  say(
    env.REDIS_CA_FILE !== undefined && secure === 0,
    "REDIS_CA_FILE is for an address that begins with rediss://",
  );
  say(env.KAFKA_CA_FILE !== undefined && env.KAFKA_TLS !== "yes", "KAFKA_CA_FILE needs KAFKA_TLS=yes");
  for (const prefix of ["", "GUARDIAN_"] as const) {
    const hasName = env[`${prefix}KAFKA_USERNAME`] !== undefined;
    const hasPassword = env[`${prefix}KAFKA_PASSWORD`] !== undefined;
    say(hasName !== hasPassword, `${prefix}KAFKA_USERNAME and ${prefix}KAFKA_PASSWORD go together`);
  }
  say(
    env.DATABASE_CA_FILE !== undefined && env.DATABASE_TLS !== "yes",
    "DATABASE_CA_FILE needs DATABASE_TLS=yes",
  );
  for (const name of ["DATABASE_URL", "GUARDIAN_DATABASE_URL"] as const)
    say(
      env.DATABASE_TLS === "yes" && isAddress(env[name]),
      // mysql2 holds the certificate against "localhost" then.
      `${name} must have a host name with DATABASE_TLS=yes: the driver cannot verify a certificate for an IP address`,
    );
  return problems;
}

/** For connectRedis. */
export function redisAccess(env: RedisSettings) {
  return { url: env.REDIS_URL, ...(env.REDIS_CA_FILE !== undefined && { ca: env.REDIS_CA_FILE }) };
}

/** For connectKafka. */
export function kafkaAccess(env: KafkaSettings) {
  const { KAFKA_USERNAME: username, KAFKA_PASSWORD: password, KAFKA_SASL_MECHANISM: mechanism } = env;
  return {
    brokers: env.KAFKA_BROKERS,
    ...(env.KAFKA_TLS === "yes" && { tls: trust(env.KAFKA_CA_FILE) }),
    ...(username !== undefined && password !== undefined && { sasl: { mechanism, username, password } }),
  };
}

/** For connectMysql. */
export function databaseAccess(env: DatabaseSettings) {
  return { url: env.DATABASE_URL, ...(env.DATABASE_TLS === "yes" && { tls: trust(env.DATABASE_CA_FILE) }) };
}

/** The settings of the worker process with the guardian's accounts in the place of the worker's. */
export function asGuardian<E extends KafkaSettings & DatabaseSettings & GuardianSettings>(env: E): E {
  return {
    ...env,
    KAFKA_USERNAME: env.GUARDIAN_KAFKA_USERNAME ?? env.KAFKA_USERNAME,
    KAFKA_PASSWORD: env.GUARDIAN_KAFKA_PASSWORD ?? env.KAFKA_PASSWORD,
    DATABASE_URL: env.GUARDIAN_DATABASE_URL ?? env.DATABASE_URL,
  };
}

/** Without a file the authorities that Node knows are trusted. */
function trust(ca: string | undefined): { ca?: string } {
  return ca === undefined ? {} : { ca };
}

function isRedisUrl(url: string): boolean {
  return /^rediss?:\/\//.test(url) && URL.canParse(url) && new URL(url).hostname !== "";
}

/** Nothing but a server and an account. */
function isPlain(url: string): boolean {
  const { pathname, search, hash } = new URL(url);
  return ["", "/", "/0"].includes(pathname) && search === "" && hash === "";
}

/** The drivers decode accounts, and the name of a database, after the start. */
function isDecodable(url: string): boolean {
  const { username, password, pathname } = new URL(url);
  try {
    decodeURIComponent(username + password + pathname);
    return true;
  } catch {
    return false;
  }
}

function isBroker(address: string): boolean {
  const port = /^[^\s:/]+:(\d{1,5})$/.exec(address)?.[1];
  return port !== undefined && Number(port) >= 1 && Number(port) <= PORT_MAX;
}

function isMysqlUrl(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  return url.protocol === "mysql:" && url.hostname !== "" && url.pathname.length > 1;
}

function isAddress(url: string | undefined): boolean {
  return url !== undefined && isIP(new URL(url).hostname.replace(/^\[|\]$/g, "")) !== 0;
}
