/** How often one user may claim. Per process and in memory: it protects the queue, it decides nothing about seats. */
import { RateLimiterMemory } from "rate-limiter-flexible";

export interface ClaimLimit {
  /** Counts one claim of the user. @returns false when the user has to wait. */
  allows(userId: string): Promise<boolean>;
}

/** @param perSecond claims per user and second; 0: no limit */
export function claimLimit(perSecond: number): ClaimLimit {
  if (perSecond === 0) return { allows: () => Promise.resolve(true) };
  const limiter = new RateLimiterMemory({ points: perSecond, duration: 1 });
  return {
    allows: (userId) =>
      limiter.consume(userId).then(
        () => true,
        () => false,
      ),
  };
}
