/** The coupon event: what an operator opens, the settings its gate obeys, and the one rule for its state. */
import { z } from "zod";

export const ISSUE_LIMIT_MAX = 10_000_000;
export const DISPLAY_NAME_LENGTH_MAX = 100;

export const eventStatuses = ["active", "paused", "closed", "archived"] as const;
export type EventStatus = (typeof eventStatuses)[number];

export const discountTypes = ["FIXED_AMOUNT", "PERCENT"] as const;
export type Discount = { type: (typeof discountTypes)[number]; amount: number };

/** A row of `coupon_event`. Times are UTC milliseconds since 1970. */
export type CouponEvent = {
  id: number;
  displayName: string;
  issueLimit: number;
  opensAtMs: number;
  /** null: open until sold out, closed by hand, or the coupons expire */
  closesAtMs: number | null;
  /** when the coupons of this event stop being usable */
  expiresAtMs: number;
  discount: Discount;
  status: EventStatus;
  /** optimistic lock, and the version of the settings that the gate holds */
  version: number;
  /** the epoch that opened this event's gate for the first time; null: never opened */
  openedEpoch: number | null;
};

/** What the gate needs of an event. A gate applies them only when `version` is newer than its own. */
export type GateSettings = {
  version: number;
  limit: number;
  opensAtMs: number;
  /** the end of the claims; null: none */
  closesAtMs: number | null;
  status: EventStatus;
};

/** Claims end at the latest when the coupons expire: nobody should win one that cannot be used. */
export function gateSettings(event: CouponEvent): GateSettings {
  return {
    version: event.version,
    limit: event.issueLimit,
    opensAtMs: event.opensAtMs,
    closesAtMs: event.closesAtMs ?? event.expiresAtMs,
    status: event.status,
  };
}

export type EventState = "scheduled" | "open" | "paused" | "sold_out" | "closed";

/**
 * The state of an event for someone without a seat, in the order of precedence of docs/api.md:
 * closed, paused, scheduled, sold out, open.
 * @param remaining seats that nobody holds, or null when the gate did not say; null is never "sold out"
 */
export function eventState(settings: GateSettings, nowMs: number, remaining: number | null): EventState {
  const ended = settings.closesAtMs !== null && nowMs >= settings.closesAtMs;
  if (settings.status === "closed" || settings.status === "archived" || ended) return "closed";
  if (settings.status === "paused") return "paused";
  if (nowMs < settings.opensAtMs) return "scheduled";
  return remaining !== null && remaining <= 0 ? "sold_out" : "open";
}

const timeMs = z.int().min(0).max(253_402_300_799_999);

/** Some letters and signs show nothing at all: fillers of Hangul, an empty Braille cell. */
const VISIBLE = /[[\p{L}\p{N}\p{P}\p{S}]--[\p{Default_Ignorable_Code_Point}\u2800]]/v;
/** More marks on one letter than any language writes (Unicode UTS #39, section 5.4); they grow into the lines around. */
const PILE_OF_MARKS = /(?:[\p{Mn}\p{Me}]\p{Cf}*){5}/u;

/** The name of an event. It is shown in lists, logs and terminals. One message for each rule that can be broken. */
export const displayName = z
  .string()
  .trim()
  .refine((name) => name !== "" && [...name].length <= DISPLAY_NAME_LENGTH_MAX, {
    error: `must have 1 to ${DISPLAY_NAME_LENGTH_MAX} characters`,
    abort: true,
  })
  // Nothing in it may move a cursor or turn the text around.
  .refine((name) => !/[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u.test(name), {
    error: "must not have control or direction characters: type it again by hand instead of pasting it",
    abort: true,
  })
  .refine((name) => VISIBLE.test(name), {
    error: "must have a character that can be seen: write what customers shall read",
  })
  .refine((name) => !PILE_OF_MARKS.test(name), {
    error: "must not have more than 4 accents on one letter: leave the others out",
  });

/** A new event as the operator words it. One message for each rule that can be broken. */
export const newCouponEvent = z
  .object({
    displayName,
    issueLimit: z.int().min(1).max(ISSUE_LIMIT_MAX),
    opensAtMs: timeMs,
    closesAtMs: timeMs.nullable(),
    expiresAtMs: timeMs,
    discount: z.discriminatedUnion("type", [
      z.object({ type: z.literal("FIXED_AMOUNT"), amount: z.int().min(1).max(1_000_000_000) }),
      z.object({ type: z.literal("PERCENT"), amount: z.int().min(1).max(100) }),
    ]),
  })
  .superRefine((event, context) => {
    for (const message of windowErrors(event)) context.addIssue({ code: "custom", message });
  });
export type NewCouponEvent = z.infer<typeof newCouponEvent>;

/** opens < closes <= expires, and opens < expires when nothing closes the event. */
export function windowErrors(window: {
  opensAtMs: number;
  closesAtMs: number | null;
  expiresAtMs: number;
}): string[] {
  const errors: string[] = [];
  if (window.closesAtMs !== null && window.closesAtMs <= window.opensAtMs)
    errors.push("closesAt must be after opensAt");
  if (window.closesAtMs !== null && window.expiresAtMs < window.closesAtMs)
    errors.push("expiresAt must not be before closesAt");
  if (window.expiresAtMs <= window.opensAtMs) errors.push("expiresAt must be after opensAt");
  return errors;
}

/** What an operator may change later. The limit only grows: a smaller one would break a promise (history 13). */
export type EventChange = {
  status?: "active" | "paused" | "closed";
  issueLimit?: number;
  closesAtMs?: number | null;
};
