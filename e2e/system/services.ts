/**
 * The services of one world. Redis is always its own, because the script cache belongs to the whole server. Kafka
 * and MySQL are those of the environment, with a topic and a database of this world's, unless a test breaks them
 * or the environment names none. Web and worker come to them with the accounts that a deployment gives them, so that
 * a right that is missing in deploy/rights fails a test.
 */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import mysql from "mysql2/promise";
import { accountEnv } from "../../stack/rights/account-env.mjs";
import { newPasswords } from "../../stack/rights/accounts.mjs";
import { grantInKafka, grantInMysql, revokeInKafka } from "../../stack/rights/grant.mjs";
import { accountBrokers } from "../../stack/rights/kafka-accounts.mjs";
import { accountsOfLocalKafka } from "../../stack/rights/local-kafka.mjs";
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
  /** For administrators: commands, and tests that look. */
  env: {
    REDIS_URL: string;
    KAFKA_BROKERS: string;
    DATABASE_URL: string;
    CLAIM_TOPIC: string;
    CONSUMER_GROUP: string;
  };
  /** What web and worker have in its place: their own accounts. */
  accounts: Record<"web" | "worker", Record<string, string>>;
  /** Gives the accounts their rights, once the tables are there. */
  grantRights(): Promise<void>;
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
  // Accounts of MySQL belong to the whole server, which other worlds may share.
  const prefix = `${id}-`;
  const servers = new Map<ServiceName, Server>();
  const keep = <T extends Server>(name: ServiceName, server: T): T => {
    servers.set(name, server);
    // Nobody will read its data: a broker's orderly end would take seconds.
    cleanUp.defer(async () => {
      await server.kill("SIGKILL");
      await server.stop();
    });
    return server;
  };

  const ownsKafka = own.includes("kafka") || kafkaListeners.length > 0;
  const sharedKafka = ownsKafka ? undefined : process.env.KAFKA_BROKERS;
  const kafkaAccounts = sharedKafka === undefined ? null : accountsOfLocalKafka(sharedKafka);
  const passwords = kafkaAccounts?.passwords ?? newPasswords();

  const redisUrl = async () => keep("redis", await startRedis({ dir: join(dir, "redis"), passwords })).url;
  const brokers = async () => {
    if (sharedKafka) {
      cleanUp.defer(() => forgetTopic(sharedKafka, id));
      return sharedKafka;
    }
    const server = await startKafka({ dir: join(dir, "kafka"), listeners: kafkaListeners, passwords });
    return keep("kafka", server).brokers;
  };
  const databaseUrl = async () => {
    const shared = own.includes("mysql") ? undefined : process.env.DATABASE_URL;
    if (!shared) return keep("mysql", await startMysql({ dir: join(dir, "mysql") })).url;
    cleanUp.defer(() => execute(shared, `DROP DATABASE IF EXISTS \`${id}\``));
    const users = Object.keys(passwords).map((account) => `'${account.replace("sunchak-", prefix)}'@'%'`);
    cleanUp.defer(() => execute(shared, `DROP USER IF EXISTS ${users.join()}`));
    await execute(shared, `CREATE DATABASE \`${id}\``);
    return Object.assign(new URL(shared), { pathname: `/${id}` }).href;
  };

  const [REDIS_URL, KAFKA_BROKERS, DATABASE_URL] = await Promise.all([redisUrl(), brokers(), databaseUrl()]);
  // A Kafka whose accounts we do not know is used as it is.
  const asked = kafkaAccounts?.brokers ?? (sharedKafka ? null : accountBrokers(join(dir, "kafka")));
  return {
    env: { REDIS_URL, KAFKA_BROKERS, DATABASE_URL, CLAIM_TOPIC: id, CONSUMER_GROUP: groupOf(id) },
    accounts: accountEnv({
      ...{ passwords, prefix, redisUrl: REDIS_URL, databaseUrl: DATABASE_URL },
      ...(asked !== null && { brokers: asked }),
    }),
    async grantRights() {
      await grantInMysql({ url: DATABASE_URL, passwords, prefix });
      if (asked) await grantInKafka({ brokers: KAFKA_BROKERS, topics: [id], group: groupOf(id) });
    },
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
    if (accountsOfLocalKafka(brokers)) await revokeInKafka({ brokers, topic, group });
  } finally {
    await admin.disconnect();
  }
}

function groupOf(topic: string): string {
  return `${topic}-worker`;
}
