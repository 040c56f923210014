/**
 * Least rights: each account of deploy/rights can do all that its part of the product does, and nothing else. Every
 * world of these tests runs under them; here stands what the others leave out, and what must be refused.
 */
import { Redis } from "ioredis";
import { type Admin, Kafka, logLevel, type SASLOptions } from "kafkajs";
import mysql from "mysql2/promise";
import { afterAll, expect, test } from "vitest";
import { audit, rowsOf, settled } from "./audit.ts";
import { ranks, tally, type User } from "./client.ts";
import { until } from "./until.ts";
import { testWorld } from "./world.ts";

const world = testWorld({ own: ["kafka"], env: { ARCHIVE_AFTER_HOURS: "1" } });
/** The worker replays every 30 s, and archives every 10 s what was reconciled meanwhile. */
const BY_ITSELF = { timeoutMs: 60_000, everyMs: 200 };

const closing: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

type Part = "web" | "worker" | "guardian";

/** The settings of a part, as the product reads them. */
function settingOf(part: Part, name: string): string {
  const env = world().accounts[part === "web" ? "web" : "worker"];
  return (part === "guardian" ? env[`GUARDIAN_${name}`] : undefined) ?? env[name] ?? "";
}

function redisOf(part: Part): Redis {
  const redis = new Redis(settingOf(part, "REDIS_URL"), { retryStrategy: () => null });
  redis.on("error", () => {});
  closing.push(() => redis.disconnect());
  return redis;
}

async function mysqlOf(part: Part) {
  const connection = await mysql.createConnection({ uri: settingOf(part, "DATABASE_URL") });
  closing.push(() => connection.end());
  return (statement: string) => connection.query(statement);
}

function kafkaOf(part: Part): Kafka {
  const sasl = {
    mechanism: "plain",
    username: settingOf(part, "KAFKA_USERNAME"),
    password: settingOf(part, "KAFKA_PASSWORD"),
  } satisfies SASLOptions;
  const brokers = settingOf(part, "KAFKA_BROKERS").split(",");
  return new Kafka({ brokers, sasl, logLevel: logLevel.NOTHING, retry: { retries: 1 } });
}

async function withAdmin<T>(part: Part, ask: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafkaOf(part).admin();
  await admin.connect();
  return ask(admin).finally(() => admin.disconnect());
}

async function append(part: Part): Promise<unknown> {
  const producer = kafkaOf(part).producer({ allowAutoTopicCreation: false });
  await producer.connect();
  const messages = [{ partition: 0, value: "forged" }];
  return producer.send({ topic: await topicName(), acks: -1, messages }).finally(() => producer.disconnect());
}

async function readAsGroup(part: Part, groupId: string): Promise<void> {
  const consumer = kafkaOf(part).consumer({ groupId, retry: { retries: 0 }, allowAutoTopicCreation: false });
  await consumer.connect();
  const refused = new Promise<never>((_, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  });
  const joined = new Promise<void>((resolve) => {
    consumer.on(consumer.events.FETCH, () => resolve());
  });
  const read = async () => {
    await consumer.subscribe({ topics: [await topicName()], fromBeginning: true });
    await consumer.run({ autoCommit: false, eachMessage: async () => {} });
    await Promise.race([refused, joined]);
  };
  await read().finally(() => consumer.disconnect());
}

async function topicName(): Promise<string> {
  const [[row]] = await world().db.query<mysql.RowDataPacket[]>("SELECT topic FROM gate_epoch");
  return row?.topic;
}

/** kafkajs hides behind the last one that an account may not ask where its group is. */
const DENIED = /denied|not authorized|NOPERM|Failed to find group coordinator/i;

test("a crowd, a rebuild, a replay and an archive need no more than the rights that are given", async () => {
  const event = await world().createEvent({ limit: 20 });
  const users = await world().client.signInMany("crowd", 30);
  const answers = await Promise.all(users.map((user) => user.press(event.id)));
  expect(tally(answers)).toEqual({ won: 20, sold_out: 10 });

  await world().redis.flushall();
  await world().gateIsOpen(event.id);
  expect(ranks(await Promise.all(users.map((user) => user.press(event.id))))).toEqual(ranks(answers));

  await world().setEvent(event.id, { limit: 21 });
  const [unlucky] = await world().client.signInMany("unlucky", 1);
  if (unlucky) await parkForAWhile(event.id, unlucky);
  const isReplayed = async () => (await rowsOf(world(), event.id)).length === 21;
  await until("the worker to replay it", isReplayed, BY_ITSELF);

  const [first] = await rowsOf(world(), event.id);
  const owner = users.find(({ userId }) => userId === first?.userId);
  expect((await owner?.use(first?.id ?? 0))?.data).toMatchObject({ status: "used" });
  await settled(world(), event.id);
  expect((await audit(world(), event.id, users)).problems).toEqual([]);

  await world().db.query(
    `UPDATE coupon_event SET opens_at = opens_at - INTERVAL 3 HOUR, closes_at = UTC_TIMESTAMP(3) - INTERVAL 2 HOUR,
       version = version + 1 WHERE id = ?`,
    [event.id],
  );
  await until(
    "the guardian to archive it",
    async () => (await world().redis.keys(`{event:${event.id}}:*`)).length === 0,
    BY_ITSELF,
  );
  expect(await owner?.claim(event.id)).toMatchObject({ status: "won" });
});

/** A record is parked, and the reason for which it was parked passes. */
async function parkForAWhile(eventId: number, user: User): Promise<void> {
  const { db } = world();
  await db.query("ALTER TABLE coupon ADD CONSTRAINT refused CHECK (user_id NOT LIKE 'unlucky%')");
  expect(await user.press(eventId)).toMatchObject({ status: "won" });
  await until("the record to be parked", async () => {
    const rested = "UPDATE failed_event SET last_seen_at = last_seen_at - INTERVAL 1 HOUR";
    const [{ affectedRows }] = await db.query<mysql.ResultSetHeader>(rested);
    return affectedRows === 1;
  });
  await db.query("ALTER TABLE coupon DROP CHECK refused");
}

test.each<[Part, string[]]>([
  [
    "web",
    [
      "DELETE FROM coupon",
      "DROP TABLE coupon",
      "UPDATE coupon SET user_id = 'eve'",
      "UPDATE coupon SET `rank` = 1",
      "INSERT INTO coupon (coupon_event_id, user_id, `rank`, claimed_at, expires_at) VALUES (1, 'eve', 9, NOW(), NOW())",
      "UPDATE coupon_event SET issue_limit = 1000",
      "SELECT code_key FROM coupon_event",
      "SELECT raw_value FROM failed_event",
      "UPDATE gate_epoch SET epoch = epoch + 1",
    ],
  ],
  [
    "worker",
    [
      "DELETE FROM coupon",
      "DROP TABLE coupon",
      "UPDATE coupon SET user_id = 'eve'",
      "UPDATE coupon SET `rank` = 1",
      "UPDATE coupon SET used_at = NULL",
      "UPDATE coupon_event SET issue_limit = 1000",
      "DELETE FROM failed_event",
      "UPDATE gate_epoch SET epoch = epoch + 1",
    ],
  ],
  [
    "guardian",
    [
      "DELETE FROM coupon",
      "DROP TABLE coupon",
      "UPDATE coupon SET `rank` = 1",
      "INSERT INTO coupon (coupon_event_id, user_id, `rank`, claimed_at, expires_at) VALUES (1, 'eve', 9, NOW(), NOW())",
      "UPDATE coupon_event SET issue_limit = 1000",
      "SELECT code_key FROM coupon_event",
      "SELECT code FROM coupon",
      "UPDATE partition_epoch SET epoch = 0",
      "UPDATE failed_event SET state = 'discarded'",
    ],
  ],
])("in MySQL %s cannot do what is not its part", async (part, statements) => {
  const run = await mysqlOf(part);
  for (const statement of statements) await expect(run(statement), statement).rejects.toThrow(DENIED);
});

test("in MySQL web leaves connections to the others, whatever becomes of it", async () => {
  const run = await mysqlOf("web");
  expect((await run("SELECT @@session.max_user_connections AS most"))[0]).toEqual([{ most: 120 }]);
});

test.each<[Part, string[][]]>([
  [
    "web",
    [
      ["SCRIPT", "LOAD", "return 1"],
      ["SCRIPT", "FLUSH"],
      ["UNLINK", "{event:1}:users"],
    ],
  ],
  ["guardian", [["ZREM", "{event:1}:free", "1"]]],
])("in Redis %s cannot do what is not its part, nor reach other keys", async (part, commands) => {
  const redis = redisOf(part);
  const forNobody = [
    ["FLUSHALL"],
    ["KEYS", "*"],
    ["CONFIG", "GET", "*"],
    ["EVAL", "return 1", "0"],
    ["FUNCTION", "LIST"],
    ["ACL", "LIST"],
    ["REPLICAOF", "NO", "ONE"],
    ["HGET", "another", "field"],
    ["HSET", "event:1", "field", "value"],
  ];
  for (const [name = "", ...args] of [...forNobody, ...commands])
    await expect(redis.call(name, ...args), name).rejects.toThrow(DENIED);
});

test("in Redis the worker's reader has no account", async () => {
  const url = new URL(settingOf("web", "REDIS_URL"));
  const redis = new Redis(Object.assign(url, { username: "sunchak-worker" }).href, {
    retryStrategy: () => null,
  });
  closing.push(() => redis.disconnect());
  await expect(new Promise((_, reject) => redis.on("error", reject))).rejects.toThrow("WRONGPASS");
});

test("in Kafka web cannot read claims, nor make or drop a topic", async () => {
  const topic = await topicName();
  await expect(readAsGroup("web", "sunchak-web")).rejects.toThrow(DENIED);
  await expect(
    withAdmin("web", (admin) => admin.createTopics({ topics: [{ topic: "more" }] })),
  ).rejects.toMatchObject({ errors: [{ type: "TOPIC_AUTHORIZATION_FAILED" }] });
  await expect(withAdmin("web", (admin) => admin.deleteTopics({ topics: [topic] }))).rejects.toThrow(DENIED);
});

test("in Kafka the worker's reader cannot append, nor read with another group", async () => {
  const topic = await topicName();
  await expect(append("worker")).rejects.toThrow(DENIED);
  await expect(readAsGroup("worker", "another")).rejects.toThrow(DENIED);
  await expect(withAdmin("worker", (admin) => admin.deleteTopics({ topics: [topic] }))).rejects.toThrow(
    DENIED,
  );
});

test("in Kafka the guardian cannot read claims, nor drop or alter the topic", async () => {
  const topic = await topicName();
  const more = { topicPartitions: [{ topic, count: 100 }] };
  await expect(readAsGroup("guardian", `${topic}-worker`)).rejects.toThrow(DENIED);
  await expect(withAdmin("guardian", (admin) => admin.deleteTopics({ topics: [topic] }))).rejects.toThrow(
    DENIED,
  );
  await expect(withAdmin("guardian", (admin) => admin.createPartitions(more))).rejects.toThrow(DENIED);
});
