/** Kafka: one KRaft node from Maven Central, run by the machine's Java. */
import { copyFileSync, cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installAsRoot } from "../apt.mjs";
import { cached } from "../cache.mjs";
import { ROOT, STACK_DIR } from "../paths.mjs";
import { ask, freePort } from "../ports.mjs";
import { writeSecret } from "../rights/accounts.mjs";
import { accountListener, accountSettings } from "../rights/kafka-accounts.mjs";
import { outputOf, run } from "../run.mjs";
import { adoptServer, onPort, startServer } from "./server.mjs";

export const KAFKA_DEFAULT_PORT = 9092;
/** The same as in kafka-pom.xml; it names the folders in the cache. */
const VERSION = "4.1.1";
const JAVA_MAJOR_MIN = 17;
const READY_TIMEOUT_MS = 60_000;
const LOG_FILE = join(STACK_DIR, "logs", "kafka-set-up.log");
const QUIET_JVM = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

/**
 * @typedef {import("./server.mjs").Server & { brokers: string }} KafkaServer
 * @typedef {{ name: string, port: number, advertisedPort: number }} KafkaListener
 * @typedef {import("./server.mjs").ServerOptions & KafkaSettings} KafkaOptions
 *
 * @typedef {object} KafkaSettings
 * @property {Record<string, string>} [config] broker settings that replace or extend ours
 * @property {readonly KafkaListener[]} [listeners] further addresses to reach it by: clients that come to one of
 *   them are told to stay with its advertised port, as it is with a proxy in between; with `passwords` they need an
 *   account
 */

/**
 * Makes sure of Java, the jars and a formatted data folder.
 * @returns {Promise<{ jars: string, data: string }>}
 */
export async function acquireKafka() {
  if (!hasJava()) {
    await installAsRoot({
      packages: ["openjdk-17-jre-headless"],
      what: "Java 17 or later",
      why: "Kafka runs on it",
    });
  }
  const jars = await cached({
    name: `kafka-${VERSION}`,
    title: "Kafka: fetching it from Maven Central (once)",
    build: downloadJars,
  });
  const data = await cached({
    name: `kafka-${VERSION}-data`,
    title: "Kafka: formatting a data folder (once)",
    build: (folder) => formatData(jars, folder),
  });
  return { jars, data };
}

/**
 * Starts one Kafka node on 127.0.0.1.
 * @param {KafkaOptions} options
 * @returns {Promise<KafkaServer>}
 */
export async function startKafka(options) {
  const { jars, data } = await acquireKafka();
  return onPort(options, async (port) => {
    mkdirSync(options.dir, { recursive: true });
    if (!existsSync(join(options.dir, "data"))) {
      cpSync(join(data, "data"), join(options.dir, "data"), { recursive: true });
    }
    const { dir, passwords, listeners = [] } = options;
    const all = passwords ? [await accountListener(dir), ...listeners] : listeners;
    const settings = brokerSettings({ ...options, listeners: all, port, controllerPort: await freePort() });
    writeSecret(join(dir, "server.properties"), settings);
    return withBrokers(await startServer(kafkaSpec(jars, { ...options, port })));
  });
}

/**
 * Takes over a Kafka of an earlier run.
 * @param {KafkaOptions & { port: number, pid: number }} options
 * @returns {Promise<KafkaServer | null>}
 */
export async function adoptKafka(options) {
  const { jars } = await acquireKafka();
  const server = await adoptServer(kafkaSpec(jars, options), options.pid);
  return server && withBrokers(server);
}

/**
 * @param {import("./server.mjs").Server} server
 * @returns {KafkaServer}
 */
function withBrokers(server) {
  return Object.assign(server, { brokers: `127.0.0.1:${server.port}` });
}

/**
 * @param {string} jars
 * @param {KafkaOptions & { port: number }} options
 * @returns {import("./server.mjs").ServerSpec}
 */
function kafkaSpec(jars, options) {
  const { dir, port } = options;
  const jvm = ["-Xms64m", "-Xmx384m", "-XX:+UseSerialGC"];
  const logging = [
    "showDateTime=true",
    "dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    "defaultLogLevel=warn",
  ];
  const logger = logging.map((setting) => `-Dorg.slf4j.simpleLogger.${setting}`);
  return {
    ...options,
    name: "kafka",
    file: "java",
    args: [...jvm, ...logger, "-cp", join(jars, "*"), "kafka.Kafka", join(dir, "server.properties")],
    ready: () => answersMetadata(port),
    readyTimeoutMs: READY_TIMEOUT_MS,
  };
}

/**
 * @param {{ dir: string, port: number, controllerPort: number } & KafkaSettings
 *   & Pick<KafkaOptions, "passwords">} options
 */
function brokerSettings({ dir, port, controllerPort, passwords, config = {}, listeners = [] }) {
  const clients = [{ name: "PLAINTEXT", port, advertisedPort: port }, ...listeners];
  const settings = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.quorum.voters": `1@127.0.0.1:${controllerPort}`,
    "controller.listener.names": "CONTROLLER",
    listeners: [...clients, { name: "CONTROLLER", port: controllerPort }]
      .map((listener) => `${listener.name}://127.0.0.1:${listener.port}`)
      .join(),
    "advertised.listeners": clients
      .map((listener) => `${listener.name}://127.0.0.1:${listener.advertisedPort}`)
      .join(),
    "listener.security.protocol.map": [
      "PLAINTEXT:PLAINTEXT",
      "CONTROLLER:PLAINTEXT",
      ...listeners.map(({ name }) => `${name}:${passwords ? "SASL_PLAINTEXT" : "PLAINTEXT"}`),
    ].join(),
    ...(passwords && accountSettings(passwords, listeners)),
    "log.dirs": join(dir, "data"),
    "auto.create.topics.enable": "false",
    // One node: what a cluster keeps three times is kept once.
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    // Small and quick: few threads, few internal partitions, no wait for further consumers to join.
    "offsets.topic.num.partitions": "4",
    "group.initial.rebalance.delay.ms": "0",
    // A killed broker is let in again only when its last session is over: 9 s by default.
    "broker.heartbeat.interval.ms": "500",
    "broker.session.timeout.ms": "3000",
    "num.network.threads": "2",
    "num.io.threads": "2",
    "log.cleaner.dedupe.buffer.size": "16777216",
    ...config,
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}

/** @param {string} folder */
async function downloadJars(folder) {
  if (outputOf("mvn", ["-version"]) === null) {
    await installAsRoot({ packages: ["maven"], what: "Maven", why: "it downloads Kafka" });
  }
  copyFileSync(join(ROOT, "stack", "kafka-pom.xml"), join(folder, "pom.xml"));
  const args = ["-B", "-ntp", "dependency:copy-dependencies", `-DoutputDirectory=${folder}`];
  await run("mvn", args, { cwd: folder, log: LOG_FILE });
}

/**
 * Formats a data folder once; every instance starts from a copy, which spares it a JVM start. A format knows
 * nothing of ports, so the copies do not get in each other's way.
 * @param {string} jars
 * @param {string} folder
 */
async function formatData(jars, folder) {
  const settings = join(folder, "server.properties");
  writeFileSync(settings, brokerSettings({ dir: folder, port: 9092, controllerPort: 9093 }));
  const tool = ["-cp", join(jars, "*"), "kafka.tools.StorageTool", "format", "-t", "c3VuY2hhay1sb2NhbC0wMQ"];
  await run("java", [...QUIET_JVM, ...tool, "-c", settings], { log: LOG_FILE });
}

function hasJava() {
  const version = /version "(\d+)/.exec(outputOf("java", ["-version"]) ?? "")?.[1];
  return Number(version ?? 0) >= JAVA_MAJOR_MIN;
}

/**
 * Asks for Metadata (version 1, no topics): a KRaft broker lists itself only once its controller let it in.
 * @param {number} port
 */
async function answersMetadata(port) {
  const clientId = "stack";
  const body = Buffer.alloc(8 + 2 + clientId.length + 4);
  body.writeInt16BE(3, 0); // api key: Metadata
  body.writeInt16BE(1, 2); // api version
  body.writeInt32BE(1, 4); // correlation id
  body.writeInt16BE(clientId.length, 8);
  body.write(clientId, 10);
  body.writeInt32BE(0, 10 + clientId.length); // topics: none
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  const brokers = await ask({
    port,
    request: Buffer.concat([size, body]),
    done: (received) => (received.length >= 12 ? received.readInt32BE(8) : undefined),
  });
  return (brokers ?? 0) > 0;
}
