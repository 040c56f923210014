/** Gives the accounts their rights: the files of deploy/rights, applied over an administrator's connection. */
import { Kafka, logLevel } from "kafkajs";
import { createConnection } from "mysql2/promise";
import { rightsFile } from "./accounts.mjs";

/** Numbers of Kafka's protocol; kafkajs is CommonJS, so its enums cannot be imported by name. */
const RESOURCES = { topic: 2, group: 3 };
const LITERAL = 3;
const ALLOW = 3;
const OPERATIONS = { Read: 3, Write: 4, Create: 5, Describe: 8, DescribeConfigs: 10 };

/**
 * The tables have to exist. May be repeated; rights that a later version does not need any more stay.
 * @param {{ url: string, passwords: import("./accounts.mjs").Passwords, prefix?: string }} options
 *   url: an administrator's, with the database; prefix: in the place of "sunchak-" in the accounts' names
 */
export async function grantInMysql({ url, passwords, prefix = "sunchak-" }) {
  const connection = await createConnection({ uri: url, multipleStatements: true });
  try {
    await connection.query(rightsFile("mysql.sql").replaceAll("'sunchak-", `'${prefix}`));
    for (const [account, password] of Object.entries(passwords)) {
      const name = account.replace("sunchak-", prefix);
      await connection.query("ALTER USER ?@'%' IDENTIFIED BY ? ACCOUNT UNLOCK", [name, password]);
    }
  } finally {
    await connection.end();
  }
}

/**
 * Every topic that claims were ever written to: its markers are still written and its records read.
 * @param {string} url an administrator's
 * @returns {Promise<string[]>}
 */
export async function formerTopics(url) {
  const connection = await createConnection({ uri: url });
  try {
    const [rows] = await connection.query("SELECT DISTINCT topic FROM partition_epoch");
    return /** @type {{ topic: string }[]} */ (rows).map(({ topic }) => topic);
  } finally {
    await connection.end();
  }
}

/**
 * May be repeated; rights on topics of earlier settings stay.
 * @param {{ brokers: string, topics: string[], group: string }} options brokers: an administrator's listener
 */
export async function grantInKafka({ brokers, topics, group }) {
  await withAdmin(brokers, async (admin) => {
    await admin.createAcls({ acl: topics.flatMap((topic) => kafkaRights({ topic, group })) });
  });
}

/**
 * Takes away what `grantInKafka` gave, when a test has deleted its topic.
 * @param {{ brokers: string, topic: string, group: string }} options
 */
export async function revokeInKafka({ brokers, topic, group }) {
  const any = 1;
  await withAdmin(brokers, async (admin) => {
    await admin.deleteAcls({
      filters: [
        { resourceType: RESOURCES.topic, resourceName: topic },
        { resourceType: RESOURCES.group, resourceName: group },
      ].map((resource) => ({
        ...resource,
        resourcePatternType: LITERAL,
        operation: any,
        permissionType: any,
      })),
    });
  });
}

/** @param {{ topic: string, group: string }} names */
function kafkaRights({ topic, group }) {
  const lines = rightsFile("kafka.acl")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  return lines.flatMap((line) => {
    const [account, resource, name, ...operations] = line.split(/\s+/);
    return operations.map((operation) => ({
      principal: `User:${account}`,
      host: "*",
      resourceType: RESOURCES[/** @type {keyof typeof RESOURCES} */ (resource)],
      resourceName: name === "CLAIM_TOPIC" ? topic : group,
      resourcePatternType: LITERAL,
      operation: OPERATIONS[/** @type {keyof typeof OPERATIONS} */ (operation)],
      permissionType: ALLOW,
    }));
  });
}

/**
 * @param {string} brokers
 * @param {(admin: import("kafkajs").Admin) => Promise<void>} work
 */
async function withAdmin(brokers, work) {
  const admin = new Kafka({ brokers: brokers.split(","), logLevel: logLevel.NOTHING }).admin();
  const { emitWarning } = process;
  // kafkajs computes a negative time-out, of which Node would warn on the terminal of `npm start`.
  process.emitWarning = () => {};
  try {
    await admin.connect();
    await work(admin).finally(() => admin.disconnect());
  } finally {
    process.emitWarning = emitWarning;
  }
}
