/** Words and colours for what an event is. */
import type { Tone } from "#app/components/ui/badge.tsx";
import type { Discount, EventState } from "./api.ts";
import type { MessageKey, Translate } from "./messages.ts";

export const EVENT_STATES = {
  open: { text: "event.state.open", tone: "good" },
  scheduled: { text: "event.state.scheduled", tone: "accent" },
  paused: { text: "event.state.paused", tone: "wait" },
  sold_out: { text: "event.state.sold_out", tone: "plain" },
  closed: { text: "event.state.closed", tone: "plain" },
} as const satisfies Record<EventState, { text: MessageKey; tone: Tone }>;

const DISCOUNTS = {
  FIXED_AMOUNT: "discount.fixed",
  PERCENT: "discount.percent",
} as const satisfies Record<Discount["type"], MessageKey>;

export function discountText(t: Translate, discount: Discount): string {
  return t(DISCOUNTS[discount.type], { amount: discount.amount });
}
