/** Replaying a parked record: through the issue code, judged by the partition epoch that is stored with it. */
import { createIssuer } from "../issue.ts";
import { silentReporter } from "../model/silent-reporter.ts";
import type { ParkedRow } from "./tables.ts";
import type { SimulatedStore } from "./transactions.ts";

/** @throws when the record is refused again; it stays parked then */
export async function replay(store: SimulatedStore, record: ParkedRow): Promise<void> {
  const { id, origin, key, value, partitionEpoch } = record;
  const issuer = createIssuer({
    reporter: silentReporter,
    store: {
      transaction: (work) =>
        store.transaction(async (transaction) => {
          const result = await work({
            ...transaction,
            lockPartition: async (source) => ({
              ...(await transaction.lockPartition(source)),
              partitionEpoch,
            }),
            park: () => Promise.reject(new Error(`record ${id} is refused again`)),
          });
          await transaction.markReplayed(id);
          return result;
        }),
    },
  });
  await issuer.issue(origin, [{ origin, key, value }]);
}
