/** The certificate of an event: one object for programs, and a page for people. */
import type { CouponEvent } from "#server/coupon/coupon-event";
import { differenceCount, openMatters, type Reconciliation } from "#server/coupon/reconciliation";
import { isoTime } from "#server/event-json";

export type Certificate = Omit<Reconciliation, "eventId" | "differences" | "examples"> & {
  event: number;
  differences: number;
  at: string;
};

export function certificateOf(report: Reconciliation, atMs: number): Certificate {
  const { eventId: event, issueLimit, accepted, issued, pending, parked } = report;
  const { repaired, conflicts, stale, epoch } = report;
  const differences = differenceCount(report);
  return {
    ...{ event, issueLimit, accepted, issued, pending, parked, repaired, conflicts, stale, differences },
    ...{ epoch, at: isoTime(atMs) },
  };
}

/** Why the certificate is none, in sentences; empty when everybody who was promised a coupon has exactly that one. */
export function shortcomings(report: Reconciliation): string[] {
  const sentences = openMatters(report);
  if (report.conflicts > 0)
    sentences.push(
      `${report.conflicts} valid records met a row that stood in their place: see issue_conflict`,
    );
  return sentences;
}

/** For stderr. */
export function certificatePage(event: CouponEvent, report: Reconciliation, atMs: number): string {
  const { accepted, issued, pending, parked, repaired, conflicts, stale, epoch, issueLimit } = report;
  const source =
    epoch === null
      ? "archived: by the rows in MySQL alone, its gate is gone"
      : `the gate of epoch ${epoch}, the claim log and the rows in MySQL`;
  const lines = [
    `${event.displayName} (event ${event.id}), ${isoTime(atMs)}`,
    `  compared              ${source}`,
    `  seats accepted        ${accepted ?? "-"} of ${issueLimit}`,
    `  coupons issued        ${issued}`,
    `  pending               ${pending}`,
    `  parked records        ${parked}`,
    `  repaired just now     ${repaired}`,
    `  conflicts             ${conflicts}`,
    `  stale records         ${stale} (nobody was told "won" for these)`,
    `  differences           ${differenceCount(report)}`,
    ...report.examples.map((example) => `    ${example}`),
  ];
  const short = shortcomings(report);
  const verdict =
    short.length === 0
      ? ["Every seat that was promised is a coupon, and every coupon is a seat."]
      : ["This is not a clean certificate:", ...short.map((sentence) => `  ${sentence}`)];
  return [...lines, ...verdict].join("\n");
}
