/** tRPC itself: the error shape, the checks every call passes, and the kinds of procedures that routers choose from. */
import { initTRPC, TRPCError, type TRPCProcedureType } from "@trpc/server";
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import type { Me, Role } from "#server/identity";
import type { Context } from "./context.ts";
import { apiErrorOf, publicCode, publicMessage } from "./errors.ts";
import { LIVE_CLIENT, LIVE_PING_EVERY_MS } from "./live-views.ts";
import { isJson, isMeantFor, isSameOrigin } from "./request-checks.ts";

const t = initTRPC.context<Context>().create({
  sse: { ping: { enabled: true, intervalMs: LIVE_PING_EVERY_MS }, client: LIVE_CLIENT },
  // The data is built anew: in development tRPC's own carries the stack.
  errorFormatter: ({ shape, error, ctx }) => ({
    code: TRPC_ERROR_CODES_BY_KEY[publicCode(error.code)],
    message: publicMessage(error),
    data: {
      code: publicCode(error.code),
      httpStatus: shape.data.httpStatus,
      ...(shape.data.path === undefined ? {} : { path: shape.data.path }),
      ...(ctx === undefined ? {} : { requestId: ctx.requestId }),
    },
  }),
});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/**
 * A mutation must come from our own pages or from a program. Multipart and octet-stream bodies would reach the
 * procedure without a preflight, so only JSON is accepted.
 */
function demandOwnMutation({ http, api }: Context, type: TRPCProcedureType): void {
  if (type !== "mutation" || http === null) return;
  if (!isSameOrigin(http.headers, api.publicOrigin))
    throw new TRPCError({ code: "FORBIDDEN", message: "Requests from other sites are refused." });
  if (!isJson(http.headers)) throw new TRPCError({ code: "UNSUPPORTED_MEDIA_TYPE" });
}

/** A valid session, and the one that the caller means. */
function demandSession({ me, http }: Context): Me {
  if (me === null) throw new TRPCError({ code: "UNAUTHORIZED", message: "Please sign in." });
  if (http !== null && !isMeantFor(http.headers, me.userId))
    throw new TRPCError({ code: "PRECONDITION_FAILED", message: "Somebody else is signed in by now." });
  return me;
}

/** `next()` does not throw: a failed call comes back with `ok: false`, and its cause tells what the core meant. */
function orCoreError<Result extends { ok: true } | { ok: false; error: TRPCError }>(result: Result): Result {
  const known = result.ok ? undefined : apiErrorOf(result.error.cause);
  if (known !== undefined) throw known;
  return result;
}

export const publicProcedure = t.procedure.use(async ({ ctx, type, next }) => {
  demandOwnMutation(ctx, type);
  return orCoreError(await next());
});

/**
 * For callers with a valid session; the context then has `me`. All checks stand in one middleware, because each layer
 * of tRPC copies the call and its context: four of them made a claim's way through its procedure more than half as long
 * again.
 * @param demand throws what a caller hears who lacks something more
 */
function procedureFor(demand: (me: Me, ctx: Context) => void | Promise<void>) {
  return t.procedure.use(async ({ ctx, type, next }) => {
    demandOwnMutation(ctx, type);
    const me = demandSession(ctx);
    await demand(me, ctx);
    return orCoreError(await next({ ctx: { me } }));
  });
}

export const signedInProcedure = procedureFor(() => undefined);

/** For callers with this role. */
export function roleProcedure(role: Role) {
  return procedureFor((me) => {
    if (me.role !== role) throw new TRPCError({ code: "FORBIDDEN", message: `Only for the role ${role}.` });
  });
}

/** For claims: a user who presses faster than the limit is told so before anything else is asked. */
export const claimProcedure = procedureFor(async (me, { api }) => {
  if (!(await api.claimLimit.allows(me.userId)))
    throw new TRPCError({ code: "TOO_MANY_REQUESTS", message: "Too many claims. Wait a second." });
});
