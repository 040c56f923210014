/** The inputs of the API: strict objects, bounded numbers, and the opaque cursor of a page. */
import { z } from "zod";
import { USER_ID } from "#server/coupon/claim-record";
import { roles } from "#server/identity";

/** `coupon_event.id` is an INT. */
const INT32_MAX = 2_147_483_647;
const PAGE_SIZE = 20;
const PAGE_SIZE_MAX = 100;

/** For procedures without an input. Programs that always send a body may send `null` or `{}`. */
export const nothing = z.strictObject({}).nullish();

export const eventInput = z.strictObject({ eventId: z.int().min(1).max(INT32_MAX) });

export const couponInput = z.strictObject({ couponId: z.int().min(1).max(Number.MAX_SAFE_INTEGER) });

export const signInInput = z.strictObject({
  userId: z.string().regex(USER_ID, "1 to 64 characters of A-Z, a-z, 0-9 and . _ @ -"),
  role: z.enum(roles).default("shopper"),
});

/** A cursor names the last coupon of the page before. Opaque to clients, so that it may change. */
const cursor = z
  .string()
  .regex(/^c1-[1-9][0-9]{0,15}$/, "not a cursor of this list")
  .transform((text) => Number(text.slice("c1-".length)))
  .refine(Number.isSafeInteger, "not a cursor of this list");

/** Of all coupons, or of those in one state. */
export const walletInput = z
  .strictObject({
    state: z.enum(["usable", "used", "expired", "issuing"]).optional(),
    cursor: cursor.nullish(),
    limit: z.int().min(1).max(PAGE_SIZE_MAX).default(PAGE_SIZE),
  })
  .prefault({});

export function encodeCursor(beforeId: number): string {
  return `c1-${beforeId}`;
}
