/** The topic's settings on a real Kafka. */
import { ConfigResourceTypes } from "kafkajs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { kafkaForTests } from "./testing.ts";
import { ensureTopic, TopicSettingsError } from "./topic.ts";

let kafka: Awaited<ReturnType<typeof kafkaForTests>>;
beforeAll(async () => {
  kafka = await kafkaForTests();
});
afterAll(() => kafka.close());

function newTopicName() {
  const topic = kafka.newName("topic");
  kafka.forget(topic);
  return topic;
}

async function configOf(topic: string) {
  const { resources } = await kafka.admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }],
  });
  return Object.fromEntries(
    resources[0]?.configEntries.map((entry) => [entry.configName, entry.configValue]) ?? [],
  );
}

test("a missing topic is created with the settings that keep every record, by many processes at once", async () => {
  const topic = newTopicName();
  const settings = { topic, partitions: 3, replication: 1 };
  await Promise.all([1, 2, 3].map(() => ensureTopic(kafka.connect().withAdmin, settings)));
  expect(await configOf(topic)).toMatchObject({
    "cleanup.policy": "delete",
    "retention.ms": String(28 * 86_400_000),
    "min.insync.replicas": "1",
    "unclean.leader.election.enable": "false",
  });
  await ensureTopic(kafka.connect().withAdmin, settings);
});

test("a topic with another number of partitions or a compacted one is refused with a sentence", async () => {
  const { withAdmin } = kafka.connect();
  const topic = await kafka.newTopic(2);
  const refusal = (partitions: number, name = topic) =>
    ensureTopic(withAdmin, { topic: name, partitions, replication: 1 });
  await expect(refusal(4)).rejects.toThrow(TopicSettingsError);
  await expect(refusal(1)).rejects.toThrow(/has 2 partitions and CLAIM_PARTITIONS says 1/);
  const compacted = newTopicName();
  await kafka.admin.createTopics({
    waitForLeaders: true,
    topics: [
      { topic: compacted, numPartitions: 1, configEntries: [{ name: "cleanup.policy", value: "compact" }] },
    ],
  });
  await expect(refusal(1, compacted)).rejects.toThrow(/cleanup\.policy=compact/);
});
