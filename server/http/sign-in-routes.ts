/**
 * `/auth/*`: to the OpenID Connect provider and back. Whatever goes wrong ends on the sign-in page, with the name of
 * a problem that has words there; the rest is in the log, under the request's id.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type IdentityProvider, SignInError, type SignInProblem } from "#server/identity";
import { safeNextPath } from "#server/next-path";
import type { Sessions } from "#server/trpc/session";
import { answerText } from "./answers.ts";
import type { SignInAttempts } from "./sign-in-attempts.ts";

export const AUTH_PREFIX = "/auth/";

/** Sign-ins that wait for the provider, in this process: one that hangs must not collect callers without end. */
const WAITING_MAX = 100;

/** People change their minds, and links grow old: nothing that an operator has to look at. */
const EVERYDAY: ReadonlySet<SignInProblem> = new Set(["cancelled", "expired"]);

interface SignInLog {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
}

export type SignInRoutes = {
  provider: IdentityProvider;
  attempts: SignInAttempts;
  sessions: Sessions;
  log: SignInLog;
};

type AuthRequest = { req: IncomingMessage; res: ServerResponse; path: string; requestId: string };

/** Answers every request below `AUTH_PREFIX`; it never rejects. */
export type SignInHandler = (request: AuthRequest) => Promise<void>;

export function signInHandler(routes: SignInRoutes): SignInHandler {
  const { provider, attempts, sessions, log } = routes;
  let waiting = 0;

  /** Goes to the provider. */
  async function setOut(request: AuthRequest): Promise<void> {
    const { req, res } = request;
    const next = safeNextPath(queryOf(req).get("next"));
    const { secrets, cookies } = attempts.begin({ next, cookieHeader: req.headers.cookie });
    await orExplain(request, next, async () => {
      const address = await inTurn(() => provider.begin(secrets));
      res.setHeader("Set-Cookie", cookies);
      redirect(res, address.href);
    });
  }

  /** Comes back from it. */
  async function comeBack(request: AuthRequest): Promise<void> {
    const { req, res } = request;
    const query = queryOf(req);
    const taken = attempts.take({ state: query.get("state"), cookieHeader: req.headers.cookie });
    // An attempt is spent with its first answer, also by one that fails.
    if (taken !== null) res.setHeader("Set-Cookie", taken.forget);
    await orExplain(request, taken?.next ?? "/", async () => {
      if (taken === null) throw new SignInError("expired", "there is no such attempt in this browser");
      const me = await inTurn(() => provider.finish({ query, secrets: taken.secrets }));
      res.appendHeader("Set-Cookie", sessions.issue(me));
      redirect(res, taken.next);
    });
  }

  async function inTurn<T>(task: () => Promise<T>): Promise<T> {
    if (waiting >= WAITING_MAX) throw new SignInError("busy", `${WAITING_MAX} sign-ins are waiting`);
    waiting += 1;
    try {
      return await task();
    } finally {
      waiting -= 1;
    }
  }

  async function orExplain(request: AuthRequest, next: string, task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      const { res, requestId } = request;
      const isOurs = error instanceof SignInError;
      const problem = isOurs ? error.problem : "unreachable";
      const line = { problem, requestId, ...(isOurs ? { reason: error.message } : { error }) };
      if (EVERYDAY.has(problem)) log.info(line, "a sign-in was not completed");
      else log.warn(line, "a sign-in failed");
      redirect(res, `/sign-in?${new URLSearchParams({ problem, next })}`);
    }
  }

  const pages: Record<string, (request: AuthRequest) => Promise<void>> = {
    [`${AUTH_PREFIX}sign-in`]: setOut,
    [`${AUTH_PREFIX}callback`]: comeBack,
  };

  return async (request) => {
    const { req, res, path } = request;
    res.setHeader("Cache-Control", "no-store");
    // The address of the way back holds a code, which is nobody else's business.
    res.setHeader("Referrer-Policy", "no-referrer");
    const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
    if (page === undefined) return answerText(res, 404, "Not found");
    if (req.method !== "GET") {
      res.setHeader("Allow", "GET");
      return answerText(res, 405, "Method not allowed");
    }
    await page(request);
  };
}

function queryOf({ url = "" }: IncomingMessage): URLSearchParams {
  const start = url.indexOf("?");
  return new URLSearchParams(start < 0 ? "" : url.slice(start));
}

/** 303: whatever it was, the browser goes on with GET (RFC 9110 section 15.4.4). */
function redirect(res: ServerResponse, location: string): void {
  res.statusCode = 303;
  res.setHeader("Location", location);
  res.end();
}
