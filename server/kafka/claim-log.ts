/** The producer's side of the claim log: won seats on their way to the worker. */
import { encodeRecord } from "#server/coupon/claim-record";
import type { ClaimLog } from "#server/coupon/ports";
import type { Sender } from "./sender.ts";

/**
 * Each call writes to one partition, and the next call to the next one: a batch that is spread over all of them costs
 * Kafka, the producer and the worker's transactions several times as much. Nothing rests on where a claim lies: a record
 * that is produced again may come to another partition, and the database removes duplicates wherever they were.
 */
export function kafkaClaimLog({ sender }: { sender: Pick<Sender, "send"> }): ClaimLog {
  let calls = 0;
  return {
    async append(gate, records) {
      if (records.length === 0) return [];
      // Chosen here and not by the driver, whose own choice follows the partitions that it sees at the moment.
      const partition = calls % gate.partitions;
      calls += 1;
      const messages = records.map((record) => ({
        partition,
        key: record.userId,
        value: encodeRecord(record),
      }));
      const acknowledged = await sender.send(gate.topic, messages);
      return messages.map(() => acknowledged.has(partition));
    },
  };
}
