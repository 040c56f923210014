/** What web and worker find in their environment so that they come with their own accounts. */

/**
 * @typedef {Record<string, string>} Env
 * @typedef {{ web: Env, worker: Env }} AccountEnv
 *
 * @param {object} services those that know the accounts; the others are left as they are
 * @param {import("./accounts.mjs").Passwords} services.passwords
 * @param {string} [services.redisUrl] as an administrator has it
 * @param {string} [services.brokers] the listener that asks for accounts
 * @param {string} [services.databaseUrl] as an administrator has it
 * @param {string} [services.prefix] in the place of "sunchak-" in the names of MySQL's accounts
 * @returns {AccountEnv}
 */
export function accountEnv({ passwords, redisUrl, brokers, databaseUrl, prefix = "sunchak-" }) {
  /** @param {import("./accounts.mjs").AccountName} account */
  const redis = (account) => redisUrl && withAccount(redisUrl, account, passwords[account]);
  /** @param {import("./accounts.mjs").AccountName} account */
  const database = (account) =>
    databaseUrl && withAccount(databaseUrl, account.replace("sunchak-", prefix), passwords[account]);
  const kafka = brokers && { KAFKA_BROKERS: brokers, KAFKA_SASL_MECHANISM: "plain" };
  return {
    web: withoutMissing({
      REDIS_URL: redis("sunchak-web"),
      DATABASE_URL: database("sunchak-web"),
      ...(kafka && {
        ...kafka,
        KAFKA_USERNAME: "sunchak-web",
        KAFKA_PASSWORD: passwords["sunchak-web"],
      }),
    }),
    worker: withoutMissing({
      REDIS_URL: redis("sunchak-guardian"),
      DATABASE_URL: database("sunchak-worker"),
      GUARDIAN_DATABASE_URL: database("sunchak-guardian"),
      ...(kafka && {
        ...kafka,
        KAFKA_USERNAME: "sunchak-worker",
        KAFKA_PASSWORD: passwords["sunchak-worker"],
        GUARDIAN_KAFKA_USERNAME: "sunchak-guardian",
        GUARDIAN_KAFKA_PASSWORD: passwords["sunchak-guardian"],
      }),
    }),
  };
}

/**
 * @param {string} url
 * @param {string} username
 * @param {string} password
 */
function withAccount(url, username, password) {
  return Object.assign(new URL(url), { username, password }).href;
}

/**
 * @param {Record<string, string | undefined>} env
 * @returns {Env}
 */
function withoutMissing(env) {
  return Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}
