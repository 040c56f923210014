/** The words for every answer that is not a receipt. A new status does not compile until it has some. */
import type { NoticeKind } from "#app/lib/claim-view.ts";
import type { MessageKey } from "#app/lib/messages.ts";

export type Notice = {
  title: MessageKey;
  /** may name {limit}, the event's coupons */
  text: MessageKey | null;
  icon: "clock" | "spinner" | "pause" | "end" | "retry";
  /** What stands below: the claim button, the way to other events, or nothing, because the page goes on by itself. */
  next: "button" | "other_events" | null;
};

export const NOTICES = {
  asking: { title: "claim.asking", text: null, icon: "spinner", next: "button" },
  checking: { title: "claim.checking", text: null, icon: "spinner", next: null },
  preparing: {
    title: "claim.preparing_title",
    text: "claim.preparing_text",
    icon: "spinner",
    next: "button",
  },
  preparing_pressed: {
    title: "claim.preparing_title",
    text: "claim.preparing_pressed_text",
    icon: "spinner",
    next: "button",
  },
  unknown: { title: "claim.unknown_title", text: "claim.unknown_text", icon: "spinner", next: null },
  pending: { title: "claim.pending_title", text: "claim.pending_text", icon: "spinner", next: null },
  none: { title: "claim.none_title", text: "claim.none_text", icon: "retry", next: "button" },
  not_open: { title: "claim.not_open_title", text: "claim.not_open_text", icon: "clock", next: "button" },
  paused: { title: "claim.paused_title", text: "claim.paused_text", icon: "pause", next: null },
  sold_out: { title: "claim.sold_out_title", text: "claim.sold_out_text", icon: "end", next: "other_events" },
  closed: { title: "claim.closed_title", text: "claim.closed_text", icon: "end", next: "other_events" },
  unavailable: {
    title: "claim.unavailable_title",
    text: "claim.unavailable_text",
    icon: "spinner",
    next: "button",
  },
  too_many: { title: "claim.too_many_title", text: "claim.too_many_text", icon: "clock", next: "button" },
  offline: { title: "claim.offline_title", text: "claim.offline_text", icon: "retry", next: "button" },
  broken: { title: "claim.broken_title", text: "claim.broken_text", icon: "retry", next: "button" },
} as const satisfies Record<NoticeKind, Notice>;
