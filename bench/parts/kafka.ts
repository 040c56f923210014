/** Records into Kafka: the product's hand-off, which sends together what came together, against one send for each. */
import { OURS } from "../candidates/candidate.ts";
import type { PartResult } from "../lib/result.ts";
import { inTurns } from "../lib/rounds.ts";
import { runLogWriter, type WriterPlan, type Written } from "../lib/run-log-writer.ts";
import { spread } from "../lib/stats.ts";
import { PARTITIONS } from "../ways/one-by-one.ts";
import { WARM_UP_SECONDS } from "./crowd.ts";
import type { Part } from "./part.ts";

const TOPIC = "bench.records";
export const ONE_EACH = "one each";
/** As many claims are under way at once as in the rounds over HTTP. */
const AT_ONCE = 128;

type Writer = { name: string; title: string; how: WriterPlan["how"] };

const writers: readonly Writer[] = [
  { name: OURS, title: "the hand-off's batches", how: "hand-off" },
  { name: ONE_EACH, title: "one send for each record", how: "one-each" },
  { name: "our driver", title: "one send each, the driver repaired", how: "one-each-by-our-driver" },
];

export const kafka: Part = async ({ admin, addresses, servicePids, settings, dir }) => {
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic: TOPIC, numPartitions: PARTITIONS, replicationFactor: 1 }],
  });
  const round = ({ how }: Writer, seconds: number): Promise<Written> =>
    runLogWriter(dir, {
      ...{ how, seconds, topic: TOPIC, partitions: PARTITIONS, atOnce: AT_ONCE },
      ...{ brokers: addresses.KAFKA_BROKERS, kafkaPids: servicePids.kafka ?? [] },
    });
  // For the compiler of Kafka itself.
  for (const writer of writers) await round(writer, WARM_UP_SECONDS);
  const measured = await inTurns(writers, settings.rounds, async (writer) => {
    const result = await round(writer, settings.seconds);
    return { result, word: `${(result.records / result.seconds).toFixed(0)} records/s` };
  });
  return resultOf(measured);
};

function resultOf(measured: { candidate: Writer; results: Written[] }[]): PartResult {
  return {
    name: "kafka",
    title: "Records into Kafka, acknowledged",
    figures: [
      { key: "records", label: "records/s", digits: 0 },
      { key: "ownCpu", label: "Node CPU µs/record", digits: 1 },
      { key: "brokerCpu", label: "Kafka CPU µs/record", digits: 1 },
    ],
    rows: measured.map(({ candidate, results }) => ({
      candidate: candidate.name,
      title: candidate.title,
      isOurs: candidate.name === OURS,
      figures: {
        records: spread(results.map(({ records, seconds }) => records / seconds)),
        ownCpu: spread(results.map(({ ownCpu, records }) => (ownCpu * 1_000_000) / records)),
        brokerCpu: spread(results.map(({ brokerCpu, records }) => (brokerCpu * 1_000_000) / records)),
      },
      problems: [],
    })),
    audited: false,
    notes: [
      `${AT_ONCE} callers at once, each waiting for its acknowledgement by all replicas.`,
      "One each: the driver as it comes. Our driver: without Nagle's algorithm, and with our repairs and our encoding.",
    ],
  };
}
