/** What a reconciliation found, and what it means: the numbers of the certificate, and sentences for what falls short. */
import type { DifferenceKind, Differences } from "./compare-seats.ts";

export type Reconciliation = {
  eventId: number;
  /** the gate's epoch; null for an archived event, which has rows and no gate any more */
  epoch: number | null;
  issueLimit: number;
  /** seats in the gate; null for an archived event */
  accepted: number | null;
  /** rows */
  issued: number;
  /** seats whose record is not yet known to be in the claim log */
  pending: number;
  /** parked records that name the event; their seats are taken, and no difference */
  parked: number;
  /** seats whose record was sent again and is a row now */
  repaired: number;
  /** valid records of the event that did not become a row: two claims to one place */
  conflicts: number;
  /** records of an older epoch, which nobody was told "won" for: information */
  stale: number;
  differences: Differences;
  /** some of the differences in words */
  examples: string[];
};

const words = {
  row_without_seat: "rows have no seat in the gate",
  seat_without_row: "seats have no row, though the workers have read the whole claim log",
  seat_and_row_disagree: "seats and rows disagree about who has which rank",
  entry_is_no_seat: "entries in the gate are no seats",
  row_above_limit: "rows have a rank above the issue limit",
} satisfies Record<DifferenceKind, string>;

/** Of these a rebuild is the cure: it makes the gate again from the rows. */
const gateForgot = [
  "row_without_seat",
  "seat_and_row_disagree",
  "entry_is_no_seat",
] as const satisfies DifferenceKind[];

export function differenceCount({ differences }: Pick<Reconciliation, "differences">): number {
  return Object.values(differences).reduce((sum, count) => sum + count, 0);
}

/** A sentence when gate and rows contradict each other, so that the gate has to be built again; else null. */
export function contradiction({ eventId, differences }: Reconciliation): string | null {
  const kind = gateForgot.find((candidate) => differences[candidate] > 0);
  return kind ? `event ${eventId}: ${differences[kind]} ${words[kind]}` : null;
}

/** What keeps seats and rows from being one, in sentences; empty when nothing does. */
export function openMatters(report: Reconciliation): string[] {
  const { differences, pending, parked } = report;
  const sentences = (Object.keys(words) as DifferenceKind[])
    .filter((kind) => differences[kind] > 0)
    .map((kind) => `${differences[kind]} ${words[kind]}`);
  if (pending > 0)
    sentences.push(`${pending} seats are pending: their records are not known to be in the log`);
  if (parked > 0) sentences.push(`${parked} records are parked: replay or discard them`);
  return sentences;
}
