/** How far the workers' group has read the claim log, and where the log ends. */
import type { LogProgress } from "#server/coupon/ports";
import type { WithAdmin } from "./admin.ts";

export function kafkaLogProgress({ withAdmin, group }: { withAdmin: WithAdmin; group: string }): LogProgress {
  return {
    async endOffsets({ topic, partitions }) {
      const ends = await withAdmin("reading the log's ends", (admin) => admin.fetchTopicOffsets(topic));
      const byPartition = new Map(ends.map(({ partition, high }) => [partition, BigInt(high)]));
      return Array.from({ length: partitions }, (_, partition) => {
        const end = byPartition.get(partition);
        // Taken as empty, it would count as read.
        if (end === undefined) throw new Error(`the end of ${topic}/${partition} is not known`);
        return end;
      });
    },

    async committedOffsets({ topic, partitions }) {
      const committed = await withAdmin("reading the group's offsets", (admin) =>
        admin.fetchOffsets({ groupId: group, topics: [topic] }),
      );
      const offsets = new Map(
        committed[0]?.partitions.map((entry) => [entry.partition, BigInt(entry.offset)]),
      );
      return Array.from({ length: partitions }, (_, partition) => {
        const offset = offsets.get(partition) ?? 0n;
        // -1: the group has committed nothing there yet.
        return offset < 0n ? 0n : offset;
      });
    },
  };
}
