/** Signing in and out. The session lives in the cookie alone. */
import { nothing, signInInput } from "../inputs.ts";
import type { Me } from "../session.ts";
import { publicProcedure, router } from "../trpc.ts";

export const sessionRouter = router({
  me: publicProcedure.input(nothing).query(({ ctx }): Me | null => ctx.me),

  /** The demo's sign-in: whoever you say you are. The environment decides whether a process may offer it. */
  signIn: publicProcedure.input(signInInput).mutation(({ ctx, input }): Me => {
    const me: Me = { userId: input.userId, displayName: input.userId, role: input.role };
    ctx.http?.setCookie(ctx.sessions.issue(me));
    return me;
  }),

  signOut: publicProcedure.input(nothing).mutation(({ ctx }): null => {
    ctx.http?.setCookie(ctx.sessions.clear());
    return null;
  }),
});
