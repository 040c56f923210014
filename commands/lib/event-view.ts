/** An event as commands print it: the EventView of the API (DESIGN section 7), from the gate's own status. */
import { type CouponEvent, eventState } from "#server/coupon/coupon-event";
import type { GateStatus } from "#server/coupon/ports";

export function eventView(event: CouponEvent, status: GateStatus): object {
  const { settings, nowMs } = status;
  const remaining = Math.max(0, status.remaining);
  return {
    id: event.id,
    displayName: event.displayName,
    issueLimit: settings.limit,
    opensAt: isoTime(settings.opensAtMs),
    closesAt: settings.closesAtMs === null ? null : isoTime(settings.closesAtMs),
    expiresAt: isoTime(event.expiresAtMs),
    discount: event.discount,
    state: eventState(settings, nowMs, remaining),
    remaining,
    version: settings.version,
    serverTime: isoTime(nowMs),
  };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
