/** The producer's side of the claim log: won seats on their way to the worker. */
import { crc32 } from "node:zlib";
import { encodeRecord } from "#server/coupon/claim-record";
import type { ClaimLog } from "#server/coupon/ports";
import type { Sender } from "./sender.ts";

export function kafkaClaimLog({ sender }: { sender: Pick<Sender, "send"> }): ClaimLog {
  return {
    async append(gate, records) {
      if (records.length === 0) return [];
      const messages = records.map((record) => ({
        partition: partitionOf(record.userId, gate.partitions),
        key: record.userId,
        value: encodeRecord(record),
      }));
      const acknowledged = await sender.send(gate.topic, messages);
      return messages.map((message) => acknowledged.has(message.partition));
    },
  };
}

/**
 * The same partition for the same user in every process, chosen here and not by the driver, whose own choice
 * follows the partitions that it sees at the moment.
 */
export function partitionOf(userId: string, partitions: number): number {
  return crc32(userId) % partitions;
}
