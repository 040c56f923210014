/** The guardian's side of the claim log: its topic, epoch markers, and how far the workers have read. */
import { encodeMarker } from "#server/coupon/claim-record";
import type { MarkerLog } from "#server/coupon/ports";
import type { WithAdmin } from "./admin.ts";
import { kafkaLogProgress } from "./log-progress.ts";
import type { Sender } from "./sender.ts";
import { ensureTopic } from "./topic.ts";

export function kafkaMarkerLog({
  sender,
  withAdmin,
  group,
  replication,
}: {
  sender: Pick<Sender, "send">;
  withAdmin: WithAdmin;
  /** the workers' consumer group */
  group: string;
  replication: number;
}): MarkerLog {
  return {
    ensureTopic: (target) => ensureTopic(withAdmin, { ...target, replication }),

    async appendMarkers({ topic, partitions }, epoch) {
      const value = encodeMarker(epoch);
      const all = Array.from({ length: partitions }, (_, partition) => partition);
      const acknowledged = await sender.send(
        topic,
        all.map((partition) => ({ partition, key: null, value })),
      );
      return all.every((partition) => acknowledged.has(partition));
    },

    committedOffsets: kafkaLogProgress({ withAdmin, group }).committedOffsets,
  };
}
