/** The topic of the claim log: created with explicit settings, and checked against them at every start. */
import type { Admin, ConfigResourceTypes } from "kafkajs";
import type { WithAdmin } from "./admin.ts";

export type TopicSettings = { topic: string; partitions: number; replication: number };

/** Node cannot import this enum by name from kafkajs, which is CommonJS. */
const TOPIC_RESOURCE: ConfigResourceTypes.TOPIC = 2;

const DAY_MS = 86_400_000;
/** Long enough to read everything again after MySQL was restored from a backup. */
const RETENTION_MS = 28 * DAY_MS;

/** A setting of the topic that does not fit; the message is a sentence for the operator. */
export class TopicSettingsError extends Error {
  override name = "TopicSettingsError";
}

/**
 * Creates the topic if it is missing, and checks the settings that promises rest on.
 * @throws TopicSettingsError when it exists with other ones; nothing is changed then
 */
export async function ensureTopic(withAdmin: WithAdmin, settings: TopicSettings): Promise<void> {
  await withAdmin(`creating and checking topic ${settings.topic}`, async (admin) => {
    const topics = await admin.listTopics();
    if (!topics.includes(settings.topic)) await create(admin, settings);
    await check(admin, settings);
  });
}

async function create(admin: Admin, { topic, partitions, replication }: TopicSettings): Promise<void> {
  const configs = {
    // Every record of the last weeks stays, also of a user who won in several events: never compacted.
    "cleanup.policy": "delete",
    "retention.ms": String(RETENTION_MS),
    "retention.bytes": "-1",
    // With three replicas one may die without stopping the log, and an acknowledged record is on two at least.
    "min.insync.replicas": String(Math.min(2, replication)),
    // A replica that was not in sync must never become the leader: it would forget acknowledged records.
    "unclean.leader.election.enable": "false",
  };
  // False when another process has created it meanwhile.
  await admin.createTopics({
    waitForLeaders: true,
    topics: [
      {
        topic,
        numPartitions: partitions,
        replicationFactor: replication,
        configEntries: Object.entries(configs).map(([name, value]) => ({ name, value })),
      },
    ],
  });
}

async function check(admin: Admin, { topic, partitions }: TopicSettings): Promise<void> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  const actual = topics[0]?.partitions.length ?? 0;
  if (actual !== partitions)
    throw new TopicSettingsError(
      `topic ${topic} has ${actual} partitions and CLAIM_PARTITIONS says ${partitions}: ` +
        (partitions > actual
          ? `alter the topic to ${partitions} first, or set CLAIM_PARTITIONS=${actual}`
          : `a topic can only grow, so set CLAIM_PARTITIONS=${actual}, or name another CLAIM_TOPIC`),
    );
  const policy = await cleanupPolicy(admin, topic);
  if (policy !== "delete")
    throw new TopicSettingsError(
      `topic ${topic} has cleanup.policy=${policy}, which removes records that are still needed: ` +
        "set it to delete, or name another CLAIM_TOPIC",
    );
}

async function cleanupPolicy(admin: Admin, topic: string): Promise<string | undefined> {
  const described = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: TOPIC_RESOURCE, name: topic, configNames: ["cleanup.policy"] }],
  });
  return described.resources[0]?.configEntries.find((entry) => entry.configName === "cleanup.policy")
    ?.configValue;
}
