/** tRPC itself: the error shape, the checks every call passes, and the kinds of procedures that routers choose from. */
import { initTRPC, TRPCError } from "@trpc/server";
import type { Role } from "#server/identity";
import type { Context } from "./context.ts";
import { apiErrorOf, publicMessage } from "./errors.ts";
import { LIVE_CLIENT, LIVE_PING_EVERY_MS } from "./live-views.ts";
import { isJson, isMeantFor, isSameOrigin } from "./request-checks.ts";

const t = initTRPC.context<Context>().create({
  sse: { ping: { enabled: true, intervalMs: LIVE_PING_EVERY_MS }, client: LIVE_CLIENT },
  // The data is built anew: in development tRPC's own carries the stack.
  errorFormatter: ({ shape, error, ctx }) => ({
    code: shape.code,
    message: publicMessage(error),
    data: {
      code: shape.data.code,
      httpStatus: shape.data.httpStatus,
      ...(shape.data.path === undefined ? {} : { path: shape.data.path }),
      ...(ctx === undefined ? {} : { requestId: ctx.requestId }),
    },
  }),
});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** `next()` does not throw: a failed call comes back with `ok: false`, and its cause tells what the core meant. */
const translateCoreErrors = t.middleware(async ({ next }) => {
  const result = await next();
  const known = result.ok ? undefined : apiErrorOf(result.error.cause);
  if (known !== undefined) throw known;
  return result;
});

/**
 * A mutation must come from our own pages or from a program. Multipart and octet-stream bodies would reach the
 * procedure without a preflight, so only JSON is accepted.
 */
const guardMutations = t.middleware(({ ctx, type, next }) => {
  if (type === "mutation" && ctx.http !== null) {
    if (!isSameOrigin(ctx.http.headers, ctx.publicOrigin))
      throw new TRPCError({ code: "FORBIDDEN", message: "Requests from other sites are refused." });
    if (!isJson(ctx.http.headers))
      throw new TRPCError({ code: "UNSUPPORTED_MEDIA_TYPE", message: "Send application/json." });
  }
  return next();
});

export const publicProcedure = t.procedure.use(translateCoreErrors).use(guardMutations);

/** For callers with a valid session that is the one they mean; the context then has `me`. */
export const signedInProcedure = publicProcedure.use(({ ctx, next }) => {
  if (ctx.me === null) throw new TRPCError({ code: "UNAUTHORIZED", message: "Please sign in." });
  if (ctx.http !== null && !isMeantFor(ctx.http.headers, ctx.me.userId))
    throw new TRPCError({ code: "PRECONDITION_FAILED", message: "Somebody else is signed in by now." });
  return next({ ctx: { me: ctx.me } });
});

/** For callers with this role. */
export function roleProcedure(role: Role) {
  return signedInProcedure.use(({ ctx, next }) => {
    if (ctx.me.role !== role)
      throw new TRPCError({ code: "FORBIDDEN", message: `Only for the role ${role}.` });
    return next();
  });
}

/** For claims: a user who presses faster than the limit is told so before anything else is asked. */
export const claimProcedure = signedInProcedure.use(async ({ ctx, next }) => {
  if (!(await ctx.claimLimit.allows(ctx.me.userId)))
    throw new TRPCError({ code: "TOO_MANY_REQUESTS", message: "Too many claims. Wait a second." });
  return next();
});
