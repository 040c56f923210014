/** Signing in and out. The session lives in the cookie alone. */
import { TRPCError } from "@trpc/server";
import type { Me } from "#server/identity";
import { nothing, signInInput } from "../inputs.ts";
import { publicProcedure, router } from "../trpc.ts";

export const sessionRouter = router({
  /** Every page asks this first, so it is here that a session moves on to the newest key. */
  me: publicProcedure.input(nothing).query(({ ctx }): Me | null => {
    const renewed = ctx.api.sessions.renew(ctx.http?.headers.cookie);
    if (renewed !== null) ctx.http?.setCookie(renewed);
    return ctx.me;
  }),

  /** The demo's sign-in: whoever you say you are. The environment decides whether a process may offer it. */
  signIn: publicProcedure.input(signInInput).mutation(({ ctx, input }): Me => {
    if (ctx.api.authMode !== "demo")
      throw new TRPCError({ code: "FORBIDDEN", message: "Sign in with the provider, at /auth/sign-in." });
    const me: Me = { userId: input.userId, displayName: input.userId, role: input.role };
    ctx.http?.setCookie(ctx.api.sessions.issue(me));
    return me;
  }),

  signOut: publicProcedure.input(nothing).mutation(({ ctx }): null => {
    ctx.http?.setCookie(ctx.api.sessions.clear());
    return null;
  }),
});
