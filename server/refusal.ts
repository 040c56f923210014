/**
 * Whether a service turned us away for good: a wrong password, a certificate that cannot be trusted, a right that is
 * missing. Trying again is of no use then before somebody has changed a setting, so a process that starts ends with
 * this sentence; one that runs goes on trying, since passwords are changed under running processes as well.
 */

export type ServiceName = "Redis" | "Kafka" | "MySQL";

/** The variables to look at. */
const SETTINGS = {
  Redis: { login: "REDIS_URL", address: "REDIS_URL", ca: "REDIS_CA_FILE" },
  Kafka: { login: "KAFKA_USERNAME and KAFKA_PASSWORD", address: "KAFKA_BROKERS", ca: "KAFKA_CA_FILE" },
  MySQL: { login: "DATABASE_URL", address: "DATABASE_URL", ca: "DATABASE_CA_FILE" },
} as const satisfies Record<ServiceName, Record<string, string>>;

/** What drivers and servers say, by message, because mysql2 replaces the codes of OpenSSL by one of its own. */
const REASONS: { says: RegExp; sentence: (service: ServiceName) => string }[] = [
  {
    says: /^(WRONGPASS|NOAUTH)\b|Access denied for user .*using password|authentication failed|SASL .* mechanism is not supported/i,
    sentence: (service) => `${service} refuses this account: look at ${SETTINGS[service].login}`,
  },
  {
    says: /^NOPERM\b|command denied to user|Access denied for user .* to database|not authorized|authorization failed/i,
    sentence: (service) =>
      `${service} does not let this account do what is needed: give it the rights of deploy/rights`,
  },
  {
    says: /Unknown database|Table '.*' doesn't exist|Unknown column/i,
    sentence: (service) =>
      `${service} does not have the tables of this release there: run \`npm run migrate\`, or look at ${SETTINGS[service].address}`,
  },
  {
    says: /self[- ]signed certificate|unable to verify the first certificate|unable to get (local )?issuer certificate/i,
    sentence: (service) =>
      `${service} has a certificate of an authority that is not trusted: look at ${SETTINGS[service].ca}`,
  },
  {
    says: /does not match certificate's altnames/i,
    sentence: (service) =>
      `${service} has a certificate for another name than the one in ${SETTINGS[service].address}`,
  },
  {
    says: /certificate (has expired|is not yet valid)/i,
    sentence: (service) => `${service} has a certificate that is not valid today`,
  },
  {
    says: /wrong version number|packet length too long|does not support secure connection/i,
    sentence: (service) => `${service} does not speak TLS at the address in ${SETTINGS[service].address}`,
  },
];

/**
 * @param error what a driver threw, with whatever its callers put around it
 * @returns a sentence for the operator that repeats nothing of the settings; null for any other error
 */
export function refusalOf(service: ServiceName, error: unknown): string | null {
  for (const { message } of chainOf(error)) {
    const reason = REASONS.find(({ says }) => says.test(message));
    if (reason) return reason.sentence(service);
  }
  return null;
}

/** The same as a question of one service's adapter, which does not know the others. */
export function isRefusalOf(service: ServiceName): (error: unknown) => boolean {
  return (error) => refusalOf(service, error) !== null;
}

/** The error, its causes, and what drivers hang on them: kafkajs one for each topic, ioredis a Cluster's last one. */
function chainOf(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  const { errors = [], lastNodeError } = error as { errors?: unknown[]; lastNodeError?: unknown };
  return [error, ...[...errors, lastNodeError, error.cause].flatMap(chainOf)];
}

/** The settings are wrong; the message is a sentence for whoever can change them. */
export class RefusedError extends Error {
  override name = "RefusedError";
}

/** Awaits the question. @throws RefusedError when the service turned us away, else what the question throws */
export async function orRefused<T>(service: ServiceName, question: Promise<T>): Promise<T> {
  try {
    return await question;
  } catch (error) {
    const refusal = refusalOf(service, error);
    throw refusal === null ? error : new RefusedError(refusal, { cause: error });
  }
}
