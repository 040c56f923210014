/** What the files that browsers get must not contain: anything that only the server knows. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Names of settings, tables, columns and keys, and the words of server-only libraries. */
const serverWords = [
  "SESSION_KEYS",
  "DATABASE_URL",
  "REDIS_URL",
  "KAFKA_BROKERS",
  "CLAIM_TOPIC",
  "CONSUMER_GROUP",
  "EPOCH_LEASE_MS",
  "OIDC_CLIENT_SECRET",
  "ALLOW_DEMO_IN_PRODUCTION",
  "METRICS_PORT",
  "coupon_event",
  "failed_event",
  "issue_conflict",
  "gate_epoch",
  "partition_epoch",
  "code_key",
  "}:pending",
  "}:meta",
  "master_replid",
  "EVALSHA",
  "coupon.request",
  "ioredis",
  "kafkajs",
  "drizzle",
  "mysql",
  "cookie-signature",
  "sourceMappingURL",
];

/** @param secrets values of the server's environment, and paths of its machine @returns what the text gives away */
export function serverWordsIn(text: string, secrets: readonly string[]): string[] {
  const told = secrets.filter((secret) => secret.length >= 6 && text.includes(secret));
  return [...serverWords.filter((word) => text.includes(word)), ...told];
}

/** Every file below a folder. */
export function filesBelow(folder: string): { name: string; text: string }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const name = join(entry.parentPath, entry.name);
      return { name, text: readFileSync(name, "latin1") };
    });
}
