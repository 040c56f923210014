/** The accounts of the product that `npm start` runs: given their rights, and put into the processes' environments. */
import { join } from "node:path";
import { isNative } from "../native.mjs";
import { instanceDir } from "../paths.mjs";
import { accountEnv } from "./account-env.mjs";
import { instancePasswords } from "./accounts.mjs";
import { accountBrokers } from "./kafka-accounts.mjs";
import { hasRedisAccounts } from "./redis-accounts.mjs";

/**
 * Only services that we have started ourselves get accounts. One at an address of the environment has its own, and
 * whoever gave the address gave them with it; containers, and a service that an older version of this stack has
 * started and that still runs, are used as they are.
 * @param {string} instance
 * @param {Record<string, string>} env of the product; the tables exist
 * @returns {Promise<import("./account-env.mjs").AccountEnv>}
 */
export async function giveAccounts(instance, env) {
  const {
    REDIS_URL = "",
    KAFKA_BROKERS = "",
    DATABASE_URL = "",
    CLAIM_TOPIC = "",
    CONSUMER_GROUP = "",
  } = env;
  const passwords = instancePasswords(instance);
  const dirOf = (/** @type {import("../state.mjs").ServiceName} */ service) =>
    join(instanceDir(instance), service);
  const brokers = isNative(instance, "kafka") ? accountBrokers(dirOf("kafka")) : null;
  // The drivers are npm packages: on a fresh machine they were not there yet when this script began.
  const { formerTopics, grantInKafka, grantInMysql } = await import("./grant.mjs");
  if (isNative(instance, "mysql")) await grantInMysql({ url: DATABASE_URL, passwords });
  if (brokers !== null) {
    const topics = [...new Set([CLAIM_TOPIC, ...(await formerTopics(DATABASE_URL))])];
    await grantInKafka({ brokers: KAFKA_BROKERS, topics, group: CONSUMER_GROUP });
  }
  return accountEnv({
    passwords,
    ...(isNative(instance, "redis") && hasRedisAccounts(dirOf("redis")) && { redisUrl: REDIS_URL }),
    ...(brokers !== null && { brokers }),
    ...(isNative(instance, "mysql") && { databaseUrl: DATABASE_URL }),
  });
}
