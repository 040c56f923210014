/**
 * What every procedure gets. The inner context is all that a server component or a unit test needs; the outer
 * one adds the HTTP exchange, and with it the checks that only make sense for a request from outside.
 */
import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { Claims } from "#server/coupon/claim";
import type { EventViews, Wallet } from "#server/coupon/list";
import type { CouponUse } from "#server/coupon/use";
import type { AuthMode, Me } from "#server/identity";
import type { ClaimLimit } from "./claim-limit.ts";
import type { Sessions } from "./session.ts";

/** The use cases behind the API. */
export type Services = { claims: Claims; events: EventViews; wallet: Wallet; couponUse: CouponUse };

/** The log, as far as the API needs it. */
interface ApiLog {
  debug(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

/** What lives as long as the process. */
export type Api = {
  services: Services;
  /** how people sign in; session.signIn is for the demo alone */
  authMode: AuthMode;
  sessions: Sessions;
  claimLimit: ClaimLimit;
  /** the origin that browsers know us by; null: whatever the Host header says */
  publicOrigin: string | null;
  log: ApiLog;
};

/** The part of an HTTP exchange that procedures may see and touch. */
type HttpExchange = { headers: IncomingHttpHeaders; setCookie: (value: string) => void };

/** Few fields: tRPC copies them for each layer of a procedure. */
export type Context = {
  api: Api;
  requestId: string;
  me: Me | null;
  /** null: called in process, by one of our own pages */
  http: HttpExchange | null;
};

export function innerContext(
  api: Api,
  call: { cookieHeader: string | undefined; requestId?: string },
): Context {
  return {
    api,
    requestId: call.requestId ?? randomUUID(),
    me: api.sessions.read(call.cookieHeader),
    http: null,
  };
}

export function outerContext(
  api: Api,
  call: { req: IncomingMessage; res: ServerResponse; requestId: string },
): Context {
  const { req, res, requestId } = call;
  return {
    api,
    requestId,
    me: api.sessions.read(req.headers.cookie),
    http: { headers: req.headers, setCookie: (value) => res.appendHeader("set-cookie", value) },
  };
}
