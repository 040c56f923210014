/**
 * Writes records into the log for a few seconds, in a process of its own: the product repairs its driver for all of its
 * process, and one send for each record is measured without that.
 */
import { writeFileSync } from "node:fs";
import { createHandOff } from "#server/coupon/hand-off";
import { kafkaClaimLog } from "#server/kafka/claim-log";
import { connectKafka } from "#server/kafka/client";
import { silentLog } from "../../commands/lib/parts.ts";
import { plainKafka } from "../ways/deps.ts";
import { winnerSender } from "../ways/one-by-one.ts";
import { fixedLease, silentGate } from "./core-stand-ins.ts";
import { startCpu } from "./cpu.ts";
import { inParallelFor } from "./in-parallel-for.ts";
import type { WriterPlan, Written } from "./run-log-writer.ts";

/** Of each process, for its compiler; nobody counts it. */
const WARM_UP_SECONDS = 2;

const plan = JSON.parse(process.argv[2] ?? "") as WriterPlan;
const append = plan.how === "hand-off" ? byHandOff() : await oneEach();
let rank = 0;
const write = () => {
  rank += 1;
  return append(rank);
};
await inParallelFor(WARM_UP_SECONDS, plan.atOnce, write);
const cpu = startCpu({ kafka: plan.kafkaPids, web: [process.pid] });
const { count, seconds } = await inParallelFor(plan.seconds, plan.atOnce, write);
const used = cpu();
const written: Written = { records: count, seconds, ownCpu: used.web, brokerCpu: used.kafka };
writeFileSync(plan.result, JSON.stringify(written));
process.exit(0);

function ourConnection() {
  return connectKafka({ brokers: plan.brokers.split(","), clientId: "bench-writer", log: silentLog });
}

function byHandOff(): (rank: number) => Promise<void> {
  const epoch = { epoch: 1, topic: plan.topic, partitions: plan.partitions };
  const handOff = createHandOff({
    log: kafkaClaimLog(ourConnection()),
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

async function oneEach(): Promise<(rank: number) => Promise<void>> {
  const kafka =
    plan.how === "one-each" ? plainKafka("bench-writer", plan.brokers) : ourConnection().newClient();
  const { send } = await winnerSender({ kafka, topic: plan.topic });
  return (rank) => send({ eventId: 1, userId: `user-${rank}`, rank });
}
