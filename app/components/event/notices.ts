/** The words for every answer that is not a receipt. A new status does not compile until it has some. */
import type { NoticeKind } from "#app/lib/claim-view.ts";
import type { MessageKey } from "#app/lib/messages.ts";

export type Notice = {
  title: MessageKey;
  text?: MessageKey;
  icon: "clock" | "spinner" | "pause" | "end" | "retry";
  /** Where someone goes from here who cannot press the button. */
  next?: "other_events";
};

export const NOTICES = {
  asking: { title: "claim.asking", icon: "spinner" },
  checking: { title: "claim.checking", icon: "spinner" },
  preparing: { title: "claim.preparing_title", text: "claim.preparing_text", icon: "spinner" },
  unknown: { title: "claim.unavailable_title", text: "claim.unknown_text", icon: "spinner" },
  pending: { title: "claim.pending_title", text: "claim.pending_text", icon: "spinner" },
  none: { title: "claim.none_title", text: "claim.none_text", icon: "retry" },
  not_open: { title: "claim.not_open_title", text: "claim.not_open_text", icon: "clock" },
  paused: { title: "claim.paused_title", text: "claim.paused_text", icon: "pause" },
  sold_out: { title: "claim.sold_out_title", text: "claim.sold_out_text", icon: "end", next: "other_events" },
  closed: { title: "claim.closed_title", text: "claim.closed_text", icon: "end", next: "other_events" },
  unavailable: { title: "claim.unavailable_title", text: "claim.unavailable_text", icon: "retry" },
  too_many: { title: "claim.too_many_title", text: "claim.too_many_text", icon: "retry" },
  offline: { title: "claim.offline_title", text: "claim.offline_text", icon: "retry" },
  broken: { title: "claim.broken_title", text: "claim.broken_text", icon: "retry" },
} as const satisfies Record<NoticeKind, Notice>;
