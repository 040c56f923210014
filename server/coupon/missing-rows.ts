/** Seats that should have a row and have none: on their way, parked, or lost and sent again. */
import { parseRecord } from "./claim-record.ts";
import type { DifferenceList } from "./compare-seats.ts";
import type { Lease } from "./lease.ts";
import { LEDGER_PAGE_MAX } from "./limits.ts";
import { type LogWait, topicsOf, untilLogIsRead } from "./log-progress.ts";
import {
  CLAIM_BATCH_MAX,
  type ClaimLog,
  type Clock,
  type EpochStore,
  type EventAccounts,
  type GateEpoch,
  type LogProgress,
  type Reporter,
  type SeatRows,
} from "./ports.ts";
import { type Seat, seatKey } from "./seat.ts";
import { sendAgain } from "./send-again.ts";

export type MissingParts = {
  rows: SeatRows;
  accounts: EventAccounts;
  epochs: Pick<EpochStore, "logTopics">;
  progress: LogProgress;
  log: ClaimLog;
  lease: Lease;
  clock: Clock;
  reporter: Reporter;
};

type Missing = {
  gate: GateEpoch;
  eventId: number;
  missing: readonly Seat[];
  wait: LogWait;
  differences: DifferenceList;
};

/** @returns how many of the missing rows have come, by themselves or by sending again, and what is parked */
export async function settleMissing(parts: MissingParts, call: Missing) {
  const { gate, eventId, missing, wait, differences } = call;
  const untilRead = async () => untilLogIsRead(parts, topicsOf(gate, await parts.epochs.logTopics()), wait);

  if (missing.length > 0) await untilRead();
  // Parked records before rows: a replay in between makes a row of one, and it would be in neither (history 28).
  const failed = await failedSeats(parts.accounts, eventId);
  const absent = await withoutRow(parts.rows, call, missing);
  const lost = absent.filter((seat) => !failed.parked.has(seatKey(seat)));
  // What was discarded waits for the rebuild that gives the seat back; sent again, it would become a coupon.
  const toSend = lost.filter((seat) => !failed.discarded.has(seatKey(seat)));
  let repaired = 0;
  let remaining = lost;
  if (toSend.length > 0) {
    parts.reporter.warn("seats without a row are sent again", {
      eventId,
      seats: toSend.length,
      first: toSend[0],
    });
    await sendAgain(parts, { gate, eventId, seats: toSend, requestId: "reconcile" });
    await untilRead();
    remaining = await withoutRow(parts.rows, call, lost);
    repaired = lost.length - remaining.length;
    parts.reporter.count("seats_repaired", repaired);
  }
  for (const seat of remaining) differences.add("seat_without_row", seat, "has a seat and no row");
  const stillAbsent = remaining.length + (absent.length - lost.length);
  return { found: missing.length - stillAbsent, parked: failed.parkedRecords, repaired };
}

/** Those of the seats whose user has no row. A row that names another rank is noted as a difference. */
async function withoutRow(rows: SeatRows, call: Missing, seats: readonly Seat[]): Promise<Seat[]> {
  const absent: Seat[] = [];
  for (let start = 0; start < seats.length; start += CLAIM_BATCH_MAX) {
    const page = seats.slice(start, start + CLAIM_BATCH_MAX);
    const userIds = page.map(({ userId }) => userId);
    const found = new Map((await rows.findSeats(call.eventId, userIds)).map((row) => [row.userId, row]));
    for (const seat of page) {
      const row = found.get(seat.userId);
      if (!row) absent.push(seat);
      else if (row.rank !== seat.rank)
        call.differences.add("seat_and_row_disagree", seat, `the row says rank ${row.rank}`);
    }
  }
  return absent;
}

export async function failedSeats(accounts: EventAccounts, eventId: number) {
  const named = { parked: new Set<string>(), discarded: new Set<string>() };
  let parkedRecords = 0;
  for (let afterId = 0; ; ) {
    const page = await accounts.failedOfEvent({ eventId, afterId, limit: LEDGER_PAGE_MAX });
    for (const { value, state } of page) {
      if (state === "parked") parkedRecords += 1;
      const parsed = parseRecord(value);
      if (parsed.kind === "claim") named[state].add(seatKey(parsed.record));
    }
    const last = page.at(-1);
    if (!last || page.length < LEDGER_PAGE_MAX) return { ...named, parkedRecords };
    afterId = last.id;
  }
}
