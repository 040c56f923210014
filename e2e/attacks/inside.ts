/** Nothing of the inside leaves the server: one list of what counts as the inside, for every answer and every file. */

/** What gives the inside away, wherever it stands. */
const signs: readonly (readonly [what: string, sign: RegExp])[] = [
  ["a stack", /\bat (?:async )?[\w.<>$[\] ]{1,80}\(?(?:file:\/\/|node:|\/)[^\s)]*:\d+:\d+/],
  ["an error's class", /\b(?:Type|Range|Syntax|Reference|Zod|TRPC|Mysql|Drizzle\w*|Reply|KafkaJS\w*)Error\b/],
  [
    "a driver's error code",
    /\b(?:ER_[A-Z_]{4,}|ECONN[A-Z]+|ETIMEDOUT|ENOENT|EPIPE|HPE_[A-Z_]+|ERR_[A-Z_]{4,})\b/,
  ],
  [
    "a statement",
    /\b(?:select\s.{1,300}\sfrom\s+[`"]|insert\s+(?:ignore\s+)?into\s|update\s+[`"]|delete\s+from\s)/i,
  ],
  ["a table", /\b(?:coupon_event|coupon_event_id|failed_event|issue_conflict|gate_epoch|partition_epoch)\b/],
  ["a key or a command of Redis", /\{event:\d+\}|\b(?:EVALSHA|NOSCRIPT|WRONGTYPE|HGETALL|master_replid)\b/],
  ["the claim log", /\bcoupon\.request\b|\bsystem-[0-9a-f]{8}\b/],
  [
    "an address",
    /\b(?:127\.0\.0\.1|0\.0\.0\.0|10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+):\d+|\b(?:mysql|rediss?|kafka):\/\//,
  ],
  ["a path of the machine", /(?:^|[\s"'(=])\/(?:home|root|usr|opt|tmp|var|work|srv|Users)\/[\w.-]+/m],
  ["a source file", /\b(?:node_modules|server\/(?:coupon|redis|kafka|mysql|trpc|http)\/)|\b[\w-]+\.lua\b/],
  ["a library", /\b(?:drizzle|ioredis|kafkajs|mysql2|llhttp|zod|undici|node:internal)\b/i],
  ["a product", /\b(?:Node\.js|Express|Next\.js|MySQL|Redis|Kafka)\b/],
];

/**
 * What of the inside a text shows, in sentences; none when it is clean.
 * @param secrets values that must not appear, such as those of the environment
 */
export function insideShown(text: string, secrets: readonly string[] = []): string[] {
  const shown = signs.flatMap(([what, sign]) => {
    const found = sign.exec(text);
    return found ? [`shows ${what}: ${found[0].trim().slice(0, 100)}`] : [];
  });
  const told = secrets.filter((secret) => secret.length >= 8 && text.includes(secret));
  return [...shown, ...told.map((secret) => `shows a secret that begins with ${secret.slice(0, 3)}`)];
}
