/** Records into Kafka: the product's hand-off, which sends together what came together, against one send for each. */
import { createHandOff } from "#server/coupon/hand-off";
import { kafkaClaimLog } from "#server/kafka/claim-log";
import { silentLog } from "../../commands/lib/parts.ts";
import { OURS } from "../candidates/candidate.ts";
import type { Bench } from "../context.ts";
import { fixedLease, silentGate } from "../lib/core-stand-ins.ts";
import { startCpu } from "../lib/cpu.ts";
import { inParallelFor } from "../lib/in-parallel-for.ts";
import type { PartResult } from "../lib/result.ts";
import { inTurns } from "../lib/rounds.ts";
import { spread } from "../lib/stats.ts";
import { connectWay } from "../ways/deps.ts";
import { PARTITIONS, winnerSender } from "../ways/one-by-one.ts";
import type { Part } from "./part.ts";

const TOPIC = "bench.records";
export const ONE_EACH = "one each";
/** As many claims are under way at once as in the rounds over HTTP. */
const AT_ONCE = 128;

type Append = (rank: number) => Promise<void>;
type Way = { name: string; title: string; append: Append };
type Round = { records: number; seconds: number; brokerCpu: number; ownCpu: number };

export const kafka: Part = async (bench) => {
  await using cleanUp = new AsyncDisposableStack();
  await bench.admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic: TOPIC, numPartitions: PARTITIONS, replicationFactor: 1 }],
  });
  const ways = [
    { name: OURS, title: "the hand-off's batches", append: byHandOff(bench) },
    { name: ONE_EACH, title: "one send for each record", append: await oneEach(bench, cleanUp) },
  ];
  for (const way of ways) await round(bench, way, 1);
  const measured = await inTurns(ways, bench.settings.rounds, async (way) => {
    const result = await round(bench, way, bench.settings.seconds);
    return { result, word: `${(result.records / result.seconds).toFixed(0)} records/s` };
  });
  return resultOf(measured);
};

function byHandOff(bench: Bench): Append {
  const epoch = { epoch: 1, topic: TOPIC, partitions: PARTITIONS };
  const handOff = createHandOff({
    log: kafkaClaimLog(bench.kafka),
    gate: silentGate,
    lease: fixedLease(epoch),
    reporter: silentLog,
  });
  const claimedAt = new Date().toISOString();
  return async (rank) => {
    const seat = { userId: `user-${rank}`, rank, claimedAtMs: Date.parse(claimedAt) };
    const record = { v: 1 as const, epoch: 1, couponEventId: 1, ...{ userId: seat.userId, rank, claimedAt } };
    const isThere = await handOff.deliver(epoch, { ...record, requestId: `request-${rank}` }, seat);
    if (!isThere) throw new Error("Kafka did not acknowledge a record");
  };
}

async function oneEach(bench: Bench, cleanUp: AsyncDisposableStack): Promise<Append> {
  const { REDIS_URL: redisUrl, KAFKA_BROKERS: brokers, DATABASE_URL: databaseUrl } = bench.addresses;
  const deps = connectWay({ number: 0 }, { redisUrl, brokers, databaseUrl });
  cleanUp.defer(deps.close);
  const { send, close } = await winnerSender({ ...deps, topic: TOPIC });
  cleanUp.defer(close);
  return (rank) => send({ eventId: 1, userId: `user-${rank}`, rank });
}

async function round(bench: Bench, { append }: Way, seconds: number): Promise<Round> {
  const cpu = startCpu({ ...bench.servicePids, web: [process.pid] });
  const done = await inParallelFor(seconds, AT_ONCE, append);
  const used = cpu();
  return { records: done.count, seconds: done.seconds, brokerCpu: used.kafka, ownCpu: used.web };
}

function resultOf(measured: { candidate: Way; results: Round[] }[]): PartResult {
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
    notes: [`${AT_ONCE} callers at once, each waiting for its acknowledgement by all replicas.`],
  };
}
