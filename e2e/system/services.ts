/**
 * The services of one world. Redis is always its own, because the script cache belongs to the whole server. Kafka
 * and MySQL are those of the environment, with a topic and a database of this world's, unless a test breaks them
 * or the environment names none.
 */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import mysql from "mysql2/promise";
import { startKafka } from "../../stack/services/kafka.mjs";
import { startMysql } from "../../stack/services/mysql.mjs";
import { startRedis } from "../../stack/services/redis.mjs";

/** What the three have in common: signals, and a start on the same port and data. */
export type Server = Pick<
  Awaited<ReturnType<typeof startRedis>>,
  "pid" | "kill" | "start" | "stop" | "isRunning"
>;
/** Kafka's clients go to the address that it advertises, so each proxy needs a listener of its own. */
export type KafkaListener = { name: string; port: number; advertisedPort: number };
export type ServiceName = "redis" | "kafka" | "mysql";

export type Services = {
  env: {
    REDIS_URL: string;
    KAFKA_BROKERS: string;
    DATABASE_URL: string;
    CLAIM_TOPIC: string;
    CONSUMER_GROUP: string;
  };
  /** The process of a service that this world owns. @throws when it is a shared one, which no test may break */
  server(name: ServiceName): Server;
};

/**
 * @param options.kafkaListeners further listeners; a Kafka with any is this world's own
 * @param options.cleanUp what is started here is registered there at once, so that a failed start leaves nothing behind
 */
export async function startServices(options: {
  dir: string;
  own: readonly ServiceName[];
  kafkaListeners?: readonly KafkaListener[];
  cleanUp: AsyncDisposableStack;
}): Promise<Services> {
  const { dir, own, kafkaListeners = [], cleanUp } = options;
  const id = `system-${randomBytes(4).toString("hex")}`;
  const servers = new Map<ServiceName, Server>();
  const keep = <T extends Server>(name: ServiceName, server: T): T => {
    servers.set(name, server);
    cleanUp.defer(() => server.stop());
    return server;
  };

  const redisUrl = async () => keep("redis", await startRedis({ dir: join(dir, "redis") })).url;
  const brokers = async () => {
    const isOwn = own.includes("kafka") || kafkaListeners.length > 0;
    const shared = isOwn ? undefined : process.env.KAFKA_BROKERS;
    if (!shared) {
      return keep("kafka", await startKafka({ dir: join(dir, "kafka"), listeners: kafkaListeners })).brokers;
    }
    cleanUp.defer(() => forgetTopic(shared, id));
    return shared;
  };
  const databaseUrl = async () => {
    const shared = own.includes("mysql") ? undefined : process.env.DATABASE_URL;
    if (!shared) return keep("mysql", await startMysql({ dir: join(dir, "mysql") })).url;
    cleanUp.defer(() => execute(shared, `DROP DATABASE IF EXISTS \`${id}\``));
    await execute(shared, `CREATE DATABASE \`${id}\``);
    return Object.assign(new URL(shared), { pathname: `/${id}` }).href;
  };

  const [REDIS_URL, KAFKA_BROKERS, DATABASE_URL] = await Promise.all([redisUrl(), brokers(), databaseUrl()]);
  return {
    env: { REDIS_URL, KAFKA_BROKERS, DATABASE_URL, CLAIM_TOPIC: id, CONSUMER_GROUP: groupOf(id) },
    server(name) {
      const server = servers.get(name);
      if (!server) throw new Error(`this world shares its ${name}: ask for its own one`);
      return server;
    },
  };
}

async function execute(url: string, statement: string): Promise<void> {
  const connection = await mysql.createConnection({ uri: url });
  await connection.query(statement).finally(() => connection.end());
}

async function forgetTopic(brokers: string, topic: string): Promise<void> {
  const admin = new Kafka({ brokers: brokers.split(","), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    if ((await admin.listTopics()).includes(topic)) await admin.deleteTopics({ topics: [topic] });
    const group = groupOf(topic);
    const { groups } = await admin.listGroups();
    if (groups.some(({ groupId }) => groupId === group)) await admin.deleteGroups([group]);
  } finally {
    await admin.disconnect();
  }
}

function groupOf(topic: string): string {
  return `${topic}-worker`;
}
