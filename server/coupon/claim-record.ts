/** The claim record: what travels through the claim log, and how a reader tells good, stale and broken ones apart. */
import { z } from "zod";
import { ISSUE_LIMIT_MAX } from "./coupon-event.ts";

export const RECORD_VERSION = 1;

/** ASCII only, so that one byte-wise collation means the same everywhere (history 2). */
export const USER_ID = /^[A-Za-z0-9._@-]{1,64}$/;

const epoch = z.int().min(1);

const claimRecord = z.object({
  v: z.literal(RECORD_VERSION),
  epoch,
  couponEventId: z.int().min(1).max(2_147_483_647),
  userId: z.string().regex(USER_ID),
  rank: z.int().min(1).max(ISSUE_LIMIT_MAX),
  claimedAt: z.iso.datetime({ precision: 3 }),
  requestId: z.string().max(64),
});

/** A won seat on its way to the coupon table. `claimedAt` is ISO 8601 in UTC with milliseconds. */
export type ClaimRecord = z.infer<typeof claimRecord>;

const epochMarker = z.object({ v: z.literal(RECORD_VERSION), marker: z.literal("epoch"), epoch });
/** Written on every partition when an epoch begins: whatever is older and stands behind it is stale. */
export type EpochMarker = z.infer<typeof epochMarker>;

/** What says enough of a record that is none of the two. */
const newerVersion = z.object({ v: z.int().min(RECORD_VERSION + 1) });
const head = z.object({ v: z.literal(RECORD_VERSION), epoch });

export type ParsedRecord =
  | { kind: "claim"; record: ClaimRecord }
  | { kind: "marker"; epoch: number }
  /** broken data; the epoch is known when that part could still be read (staleness is judged first, history 25) */
  | { kind: "malformed"; error: string; epoch: number | null }
  /** a newer writer: not a fault of the data, so the reader stops and waits for its own update */
  | { kind: "newer_version"; version: number };

/** Never throws, whatever the bytes are. */
export function parseRecord(value: string | null): ParsedRecord {
  if (value === null) return { kind: "malformed", error: "record has no value", epoch: null };
  let data: unknown;
  try {
    data = JSON.parse(value);
  } catch {
    return { kind: "malformed", error: "record is not JSON", epoch: null };
  }
  // Nearly all are claims, and for zod a refusal is several times the work: whoever reads a million looks for them first.
  const claim = claimRecord.safeParse(data);
  if (claim.success && !("marker" in (data as object))) return { kind: "claim", record: claim.data };
  const marker = epochMarker.safeParse(data);
  if (marker.success) return { kind: "marker", epoch: marker.data.epoch };
  if (claim.success) return { kind: "claim", record: claim.data };

  const newer = newerVersion.safeParse(data);
  if (newer.success) return { kind: "newer_version", version: newer.data.v };
  const readable = head.safeParse(data);
  return {
    kind: "malformed",
    error: problemsOf(claim.error),
    epoch: readable.success ? readable.data.epoch : null,
  };
}

function problemsOf(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join(".") || "record"}: ${issue.message}`).join("; ");
}

export function encodeRecord(record: ClaimRecord): string {
  return JSON.stringify(record);
}

export function encodeMarker(epochNumber: number): string {
  return JSON.stringify({ v: RECORD_VERSION, marker: "epoch", epoch: epochNumber } satisfies EpochMarker);
}
