/** Building one event's gate under an epoch: begin, put the differences, open. By scripts of that epoch only. */
import { parseRecord } from "./claim-record.ts";
import { type CouponEvent, gateSettings } from "./coupon-event.ts";
import { LEDGER_PAGE_MAX } from "./limits.ts";
import { planBuild } from "./plan-build.ts";
import type { Fenced, GateBuilder, Reporter, SeatLedger } from "./ports.ts";
import type { Seat } from "./seat.ts";

/** The gate forgot something again, or a higher epoch took over: only a new epoch helps. */
export class EpochLostError extends Error {
  override name = "EpochLostError";
}

/** The gate of this event says that it belongs to the same or a later epoch. */
export class HeldByEpochError extends Error {
  override name = "HeldByEpochError";
}

/** This event cannot be built from what is known about it. It stays closed alone; the others go on. */
export class EventUnbuildableError extends Error {
  override name = "EventUnbuildableError";
}

type BuildParts = { builder: GateBuilder; ledger: SeatLedger; reporter: Reporter };

/** Seats of one event that records of `failed_event` name. */
export type FailedSeats = { parked: Seat[]; discarded: Seat[] };
const NO_SEATS: FailedSeats = { parked: [], discarded: [] };

/**
 * @param failed read before this call (history 28: those records first, then rows)
 * @throws EpochLostError, HeldByEpochError, EventUnbuildableError, or what a port throws: the caller answers with a new epoch
 */
export async function buildEvent(
  parts: BuildParts,
  call: { event: CouponEvent; epoch: number; failed: FailedSeats | undefined },
): Promise<void> {
  const { builder, ledger, reporter } = parts;
  const { event, epoch, failed = NO_SEATS } = call;
  const place = { epoch, eventId: event.id };

  const begun = spoken(await builder.begin({ ...place, firstOpening: false }));
  if (begun === "refused") throw new HeldByEpochError(`the gate of event ${event.id} holds another epoch`);
  const content = spoken(await builder.content(place));
  const rows = await allRows(ledger, event.id);
  const plan = planBuild({ content, rows, ...failed, limit: event.issueLimit });
  if (plan.dropped.length > 0)
    reporter.warn("the gate contradicted rows; its entries go", {
      eventId: event.id,
      dropped: plan.dropped.length,
      first: plan.dropped[0],
    });
  for (const seat of plan.freed)
    reporter.info("a discarded seat is given back", { eventId: event.id, ...seat });
  for (const chunk of plan.chunks) spoken(await builder.put({ ...place, chunk }));

  const opened = spoken(await builder.open({ ...place, settings: gateSettings(event), next: plan.next }));
  if (opened === "count_mismatch")
    throw new EventUnbuildableError(
      `event ${event.id}: its seats do not fill the ranks 1 to ${plan.next}; limit ${event.issueLimit}, rows ${rows.length}`,
    );
  reporter.info("opened the gate of an event again", {
    eventId: event.id,
    epoch,
    seats: plan.next,
    survivors: plan.survivors,
  });
}

/**
 * Opens an event that never had a gate. The caller set `opened_epoch` to this epoch just before, once.
 * @throws EpochLostError when anything is known of the event already, or another epoch began: left to the rebuild
 */
export async function openFirstTime(
  parts: Pick<BuildParts, "builder" | "ledger">,
  call: { event: CouponEvent; epoch: number },
): Promise<void> {
  const { builder, ledger } = parts;
  const { event, epoch } = call;
  const place = { epoch, eventId: event.id };
  // A record may name an event before it exists. Its seat is taken, and only a rebuild makes room for it (history 33).
  const { parked } = (await failedSeats(ledger)).get(event.id) ?? NO_SEATS;
  if (parked.length > 0 || (await ledger.highestRanks([event.id])).has(event.id))
    throw new EpochLostError(`event ${event.id} has seats before its first opening`);
  const begun = spoken(await builder.begin({ ...place, firstOpening: true }));
  if (begun === "refused") throw new EpochLostError(`the gate already holds something of event ${event.id}`);
  const opened = spoken(await builder.open({ ...place, settings: gateSettings(event), next: 0 }));
  if (opened !== "open") throw new EpochLostError(`event ${event.id} has seats before its first opening`);
}

function spoken<T>(reply: Fenced<T>): T {
  if (reply.fenced) throw new EpochLostError(`the gate answered ${reply.reason}`);
  return reply.value;
}

/** Every row of the event, in pages. */
export async function allRows(ledger: Pick<SeatLedger, "seatRows">, eventId: number): Promise<Seat[]> {
  const rows: Seat[] = [];
  for (;;) {
    const afterRank = rows.at(-1)?.rank ?? 0;
    const page = await ledger.seatRows({ eventId, afterRank, limit: LEDGER_PAGE_MAX });
    for (const row of page) rows.push(row);
    if (page.length < LEDGER_PAGE_MAX) return rows;
  }
}

/** Per event the seats that parked and discarded records name. Records that do not name one do not matter here. */
export async function failedSeats(ledger: SeatLedger): Promise<Map<number, FailedSeats>> {
  const seats = new Map<number, FailedSeats>();
  for (let afterId = 0; ; ) {
    const page = await ledger.failedRecords({ afterId, limit: LEDGER_PAGE_MAX });
    for (const { value, state } of page) {
      const parsed = parseRecord(value);
      if (parsed.kind !== "claim") continue;
      const { couponEventId, userId, rank, claimedAt } = parsed.record;
      const ofEvent = seats.get(couponEventId) ?? { parked: [], discarded: [] };
      ofEvent[state].push({ userId, rank, claimedAtMs: Date.parse(claimedAt) });
      seats.set(couponEventId, ofEvent);
    }
    const last = page.at(-1);
    if (!last || page.length < LEDGER_PAGE_MAX) return seats;
    afterId = last.id;
  }
}
