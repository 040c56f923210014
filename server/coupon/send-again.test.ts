/** Records that are produced again: which of them count as sent, and when it is over. */
import { expect, it } from "vitest";
import type { ClaimRecord } from "./claim-record.ts";
import { LOG_BATCH_MAX } from "./limits.ts";
import type { GateEpoch } from "./ports.ts";
import { sendAgain } from "./send-again.ts";

const gate: GateEpoch = { epoch: 7, topic: "claims", partitions: 1 };
const seats = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ userId: `u${index}`, rank: index + 1, claimedAtMs: 0 }));

/** @param call.heldBatches after so many batches the lease has ended */
async function send(call: { count: number; heldBatches?: number; acknowledges?: (rank: number) => boolean }) {
  const { count, heldBatches = Number.POSITIVE_INFINITY, acknowledges = () => true } = call;
  const batches: ClaimRecord[][] = [];
  const log = {
    append: async (_: GateEpoch, records: readonly ClaimRecord[]) => {
      batches.push([...records]);
      return records.map(({ rank }) => acknowledges(rank));
    },
  };
  const lease = { current: () => gate, holds: () => batches.length < heldBatches, refresh: async () => gate };
  const sent = await sendAgain({ log, lease }, { gate, eventId: 1, seats: seats(count), requestId: "r" });
  return { sent: sent.map(({ rank }) => rank), batches };
}

it("counts only what was acknowledged", async () => {
  expect((await send({ count: 4, acknowledges: (rank) => rank % 2 === 0 })).sent).toEqual([2, 4]);
});

it("labels every record with the epoch of the script that listed the seats", async () => {
  const { batches } = await send({ count: 3 });
  expect(batches.flat().map(({ epoch, rank }) => [epoch, rank])).toEqual([
    [7, 1],
    [7, 2],
    [7, 3],
  ]);
});

it("sends in batches, and no further one when the lease has ended", async () => {
  const { sent, batches } = await send({ count: 2 * LOG_BATCH_MAX + 1, heldBatches: 2 });
  expect(batches.map((batch) => batch.length)).toEqual([LOG_BATCH_MAX, LOG_BATCH_MAX]);
  expect(sent).toHaveLength(2 * LOG_BATCH_MAX);
});
