/** The three services of the stack as one table, for code that treats them alike. */
import { acquireKafka, adoptKafka, KAFKA_DEFAULT_PORT, startKafka } from "./kafka.mjs";
import { acquireMysql, adoptMysql, MYSQL_DEFAULT_PORT, startMysql } from "./mysql.mjs";
import { acquireRedis, adoptRedis, REDIS_DEFAULT_PORT, startRedis } from "./redis.mjs";

/**
 * `start` and `adopt` give the address as it stands in the variable; `adopt` gives undefined when the process
 * that an earlier run recorded does not answer.
 * @typedef {import("./server.mjs").ServerOptions} ServerOptions
 * @typedef {object} Service
 * @property {string} label
 * @property {"REDIS_URL" | "KAFKA_BROKERS" | "DATABASE_URL"} variable
 * @property {number} defaultPort
 * @property {() => Promise<unknown>} prepare fetches and unpacks what is missing
 * @property {(options: ServerOptions) => Promise<string>} start
 * @property {(options: ServerOptions & { port: number, pid: number }) => Promise<string | undefined>} adopt
 */

/** @type {Record<import("../state.mjs").ServiceName, Service>} */
export const SERVICES = {
  redis: {
    label: "Redis",
    variable: "REDIS_URL",
    defaultPort: REDIS_DEFAULT_PORT,
    prepare: acquireRedis,
    start: async (options) => (await startRedis(options)).url,
    adopt: async (options) => (await adoptRedis(options))?.url,
  },
  kafka: {
    label: "Kafka",
    variable: "KAFKA_BROKERS",
    defaultPort: KAFKA_DEFAULT_PORT,
    prepare: acquireKafka,
    start: async (options) => (await startKafka(options)).brokers,
    adopt: async (options) => (await adoptKafka(options))?.brokers,
  },
  mysql: {
    label: "MySQL",
    variable: "DATABASE_URL",
    defaultPort: MYSQL_DEFAULT_PORT,
    prepare: acquireMysql,
    start: async (options) => (await startMysql(options)).url,
    adopt: async (options) => (await adoptMysql(options))?.url,
  },
};

export const serviceNames = /** @type {import("../state.mjs").ServiceName[]} */ (Object.keys(SERVICES));
