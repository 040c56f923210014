/** Claiming a coupon, and what its owner does with it. */
import { couponInput, encodeCursor, eventInput, walletInput } from "../inputs.ts";
import {
  type ClaimAnswer,
  type ClaimStatusAnswer,
  presentClaim,
  presentClaimStatus,
  presentUse,
  presentWalletItem,
  type UseAnswer,
  type WalletPageJson,
} from "../present.ts";
import { claimProcedure, router, signedInProcedure } from "../trpc.ts";

export const couponRouter = router({
  claim: claimProcedure.input(eventInput).mutation(async ({ ctx, input }): Promise<ClaimAnswer> => {
    const call = { eventId: input.eventId, userId: ctx.me.userId, requestId: ctx.requestId };
    const outcome = await ctx.api.services.claims.claim(call);
    ctx.api.log.debug({ ...call, claimId: claimId(call), outcome: outcome.status }, "claim");
    return presentClaim(outcome);
  }),

  claimStatus: signedInProcedure
    .input(eventInput)
    .query(async ({ ctx, input }): Promise<ClaimStatusAnswer> => {
      const call = { eventId: input.eventId, userId: ctx.me.userId };
      return presentClaimStatus(await ctx.api.services.claims.status(call));
    }),

  mine: signedInProcedure.input(walletInput).query(async ({ ctx, input }): Promise<WalletPageJson> => {
    const page = await ctx.api.services.wallet.mine({
      userId: ctx.me.userId,
      state: input.state ?? null,
      beforeId: input.cursor ?? null,
      limit: input.limit,
    });
    return {
      items: page.items.map(presentWalletItem),
      nextCursor: page.nextBeforeId === null ? null : encodeCursor(page.nextBeforeId),
      ...(page.counts && { counts: page.counts }),
    };
  }),

  use: signedInProcedure.input(couponInput).mutation(async ({ ctx, input }): Promise<UseAnswer> => {
    const call = { couponId: input.couponId, userId: ctx.me.userId };
    return presentUse(await ctx.api.services.couponUse.use(call));
  }),
});

/** One user has one claim per event, so these two name it in every log line of web and worker. */
function claimId(claim: { eventId: number; userId: string }): string {
  return `${claim.eventId}/${claim.userId}`;
}
