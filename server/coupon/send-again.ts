/** Producing records again: of seats that the gate holds and whose record may not be in the claim log. */
import { claimRecord } from "./claim.ts";
import type { Lease } from "./lease.ts";
import { LOG_BATCH_MAX } from "./limits.ts";
import type { ClaimLog, GateEpoch } from "./ports.ts";
import type { Seat } from "./seat.ts";

/**
 * Sends the seats' records, batch by batch for as long as the lease holds. Sending one twice does no harm: it is one row.
 * @param call.gate the epoch of the script that listed the seats, and no later one: a seat that is gone by then
 *   would take its rank from somebody else (history 8)
 * @returns the seats whose records were acknowledged
 */
export async function sendAgain(
  { log, lease }: { log: ClaimLog; lease: Lease },
  call: { gate: GateEpoch; eventId: number; seats: readonly Seat[]; requestId: string },
): Promise<Seat[]> {
  const { gate, eventId, seats, requestId } = call;
  const sent: Seat[] = [];
  for (let start = 0; start < seats.length; start += LOG_BATCH_MAX) {
    // The label alone makes a late record harmless; but it would be one for nothing.
    if (start > 0 && !lease.holds(gate.epoch)) break;
    const chunk = seats.slice(start, start + LOG_BATCH_MAX);
    const records = chunk.map((seat) => claimRecord(eventId, seat, gate.epoch, requestId));
    const acknowledged = await log.append(gate, records);
    sent.push(...chunk.filter((_, index) => acknowledged[index] === true));
  }
  return sent;
}
