/** Redis, Kafka and MySQL that speak TLS and ask for an account, as a deployment has them. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import mysql from "mysql2/promise";
import { freePort } from "../../../stack/ports.mjs";
import { newPasswords } from "../../../stack/rights/accounts.mjs";
import { grantInKafka, grantInMysql } from "../../../stack/rights/grant.mjs";
import { accountBrokers } from "../../../stack/rights/kafka-accounts.mjs";
import { acquireKafka, startKafka } from "../../../stack/services/kafka.mjs";
import { startMysql } from "../../../stack/services/mysql.mjs";
import { startRedis } from "../../../stack/services/redis.mjs";
import { runCommand } from "../command.ts";
import type { Env } from "../node-process.ts";
import type { Certificate } from "./certificates.ts";

const TOPIC = "coupon.request";
const GROUP = "sunchak-worker";
const MECHANISM = "SCRAM-SHA-512";

export type TlsServices = {
  /** For administrators, who come without TLS from this machine. */
  admin: Record<"REDIS_URL" | "KAFKA_BROKERS" | "DATABASE_URL", string>;
  accounts: Record<"web" | "worker", Record<string, string>>;
  passwords: string[];
};

/**
 * @param options.address the certificate of Redis and Kafka, which are reached by 127.0.0.1
 * @param options.name the certificate of MySQL, which is reached by "localhost"
 */
export async function startTlsServices(options: {
  dir: string;
  env: Env;
  caFile: string;
  address: Certificate;
  name: Certificate;
  cleanUp: AsyncDisposableStack;
}): Promise<TlsServices> {
  const { dir, caFile, address, name, cleanUp } = options;
  const passwords = newPasswords();
  const [redis, kafka, database] = await Promise.all([
    tlsRedis({ dir: join(dir, "redis"), passwords, caFile, certificate: address }),
    tlsKafka({ dir: join(dir, "kafka"), passwords, certificate: address }),
    startMysql({
      dir: join(dir, "mysql"),
      args: [`--ssl-ca=${caFile}`, `--ssl-cert=${name.certFile}`, `--ssl-key=${name.keyFile}`],
    }),
  ]);
  for (const server of [redis.server, kafka, database]) cleanUp.defer(() => server.stop());
  const admin = { REDIS_URL: redis.server.url, KAFKA_BROKERS: kafka.brokers, DATABASE_URL: database.url };
  await runCommand("commands/migrate.ts", [], { ...options.env, ...admin });
  await Promise.all([
    grantInMysql({ url: database.url, passwords }).then(() =>
      demandTls(database.url, Object.keys(passwords)),
    ),
    grantInKafka({ brokers: kafka.brokers, topics: [TOPIC], group: GROUP }),
    giveScramPasswords(kafka.brokers, passwords),
  ]);

  const mysqlUrl = (account: keyof typeof passwords) =>
    `mysql://${account}:${passwords[account]}@localhost:${database.port}/sunchak`;
  const redisUrl = (account: keyof typeof passwords) =>
    `rediss://${account}:${passwords[account]}@127.0.0.1:${redis.tlsPort}`;
  const common = {
    REDIS_CA_FILE: caFile,
    KAFKA_BROKERS: accountBrokers(join(dir, "kafka")) ?? "",
    KAFKA_TLS: "yes",
    KAFKA_CA_FILE: caFile,
    DATABASE_TLS: "yes",
    DATABASE_CA_FILE: caFile,
  };
  return {
    admin,
    passwords: Object.values(passwords),
    accounts: {
      web: {
        ...common,
        REDIS_URL: redisUrl("sunchak-web"),
        KAFKA_USERNAME: "sunchak-web",
        KAFKA_PASSWORD: passwords["sunchak-web"],
        DATABASE_URL: mysqlUrl("sunchak-web"),
      },
      worker: {
        ...common,
        REDIS_URL: redisUrl("sunchak-guardian"),
        KAFKA_USERNAME: "sunchak-worker",
        KAFKA_PASSWORD: passwords["sunchak-worker"],
        GUARDIAN_KAFKA_USERNAME: "sunchak-guardian",
        GUARDIAN_KAFKA_PASSWORD: passwords["sunchak-guardian"],
        DATABASE_URL: mysqlUrl("sunchak-worker"),
        GUARDIAN_DATABASE_URL: mysqlUrl("sunchak-guardian"),
      },
    },
  };
}

type Passwords = ReturnType<typeof newPasswords>;

async function tlsRedis(options: {
  dir: string;
  passwords: Passwords;
  caFile: string;
  certificate: Certificate;
}) {
  const { dir, passwords, caFile, certificate } = options;
  const tlsPort = await freePort();
  const config = {
    "tls-port": String(tlsPort),
    "tls-cert-file": certificate.certFile,
    "tls-key-file": certificate.keyFile,
    "tls-ca-cert-file": caFile,
    "tls-auth-clients": "no",
  };
  return { tlsPort, server: await startRedis({ dir, passwords, config }) };
}

function tlsKafka({
  dir,
  passwords,
  certificate,
}: {
  dir: string;
  passwords: Passwords;
  certificate: Certificate;
}) {
  const listener = "listener.name.accounts";
  const config = {
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,ACCOUNTS:SASL_SSL",
    "ssl.keystore.type": "PEM",
    "ssl.keystore.location": certificate.bothFile,
    [`${listener}.sasl.enabled.mechanisms`]: MECHANISM,
    [`${listener}.scram-sha-512.sasl.jaas.config`]:
      "org.apache.kafka.common.security.scram.ScramLoginModule required;",
  };
  return startKafka({ dir, passwords, config });
}

/** Unlike those of SASL/PLAIN, passwords of SCRAM live in Kafka's own metadata. */
async function giveScramPasswords(brokers: string, passwords: Passwords): Promise<void> {
  const { jars } = await acquireKafka();
  const java = ["-XX:TieredStopAtLevel=1", "-cp", join(jars, "*"), "kafka.admin.ConfigCommand"];
  await Promise.all(
    Object.entries(passwords).map(([account, password]) => {
      const user = ["--entity-type", "users", "--entity-name", account];
      const change = ["--alter", "--add-config", `${MECHANISM}=[password=${password}]`];
      return promisify(execFile)("java", [...java, "--bootstrap-server", brokers, ...user, ...change]);
    }),
  );
}

/** Without TLS these accounts are refused, so a claim that works has used it. */
async function demandTls(url: string, accounts: string[]): Promise<void> {
  const connection = await mysql.createConnection({ uri: url });
  for (const account of accounts) await connection.query("ALTER USER ?@'%' REQUIRE SSL", [account]);
  await connection.end();
}
