/** Doubts about the gate, handed from the guardian's comparison of seats and rows to its next look at the gates. */

export interface Doubts {
  /** The gate of this epoch contradicts what is certain. */
  raise(epoch: number, reason: string): void;
  /** Why the gate of this epoch should be built again; null when nobody doubts it. */
  about(epoch: number): string | null;
}

export function createDoubts(): Doubts {
  let last: { epoch: number; reason: string } | null = null;
  return {
    raise(epoch, reason) {
      last = { epoch, reason };
    },
    // The rebuild's new epoch ends the doubt: its gate was made from the rows.
    about: (epoch) => (last?.epoch === epoch ? last.reason : null),
  };
}
