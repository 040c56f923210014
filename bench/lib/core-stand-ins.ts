/** What the core's use cases ask for and a part leaves out: a lease that always holds, and a gate that only nods. */
import type { Lease } from "#server/coupon/lease";
import type { ClaimGate, GateEpoch } from "#server/coupon/ports";

export function fixedLease(current: GateEpoch): Lease {
  return { refresh: async () => current, current: () => current, holds: () => true };
}

export const silentGate: ClaimGate = {
  claim: () => Promise.reject(new Error("nobody claims here")),
  confirm: async ({ seats }) => ({ fenced: false, value: { removed: seats.length } }),
};
