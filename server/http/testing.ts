/** A front door on a random port, in front of use cases that say what a test wants. For tests only. */
import { systemClock } from "#server/clock";
import type { CouponEvent } from "#server/coupon/coupon-event";
import { UnknownCouponError, UnknownEventError } from "#server/coupon/errors";
import { createLiveEvents } from "#server/coupon/live";
import { silentReporter } from "#server/coupon/model/silent-reporter";
import { createHealth, type Health } from "#server/health";
import type { Me } from "#server/identity";
import { listen } from "#server/listen";
import { claimLimit } from "#server/trpc/claim-limit";
import type { Api, Services } from "#server/trpc/context";
import { type Sessions, signedSessions } from "#server/trpc/session";
import { createFrontDoor, type FrontDoorOptions } from "./front-door.ts";
import type { SignInHandler } from "./sign-in-routes.ts";

export const SESSION_KEY = "0123456789abcdef0123456789abcdef";
export const NOW_MS = Date.UTC(2030, 0, 2, 3, 4, 5, 678);

const event: CouponEvent = {
  id: 1,
  displayName: "A coupon for ten",
  issueLimit: 10,
  opensAtMs: NOW_MS - 1000,
  closesAtMs: null,
  expiresAtMs: NOW_MS + 1_000_000,
  discount: { type: "FIXED_AMOUNT", amount: 1000 },
  status: "active",
  version: 1,
  openedEpoch: 1,
};

/** One known event (1), one known coupon (7), and a claim that wins rank 3. */
export function fakeServices(): Services {
  const known = (eventId: number): void => {
    if (eventId !== event.id) throw new UnknownEventError(eventId);
  };
  const won = { status: "won", rank: 3, issueLimit: 10, claimedAtMs: NOW_MS, repeat: false } as const;
  const coupon = {
    id: 7,
    eventId: 1,
    userId: "kim",
    rank: 3,
    claimedAtMs: NOW_MS,
    issuedAtMs: NOW_MS,
    expiresAtMs: NOW_MS + 1_000_000,
    usedAtMs: NOW_MS,
    code: "ACDEFGHJKMNP",
    displayName: event.displayName,
    discount: event.discount,
    state: "used",
  } as const;
  const events: Services["events"] = {
    list: async () => [{ event, state: "open", remaining: 7, nowMs: NOW_MS, asOfMs: NOW_MS }],
    get: async (eventId) => {
      known(eventId);
      return { event, state: "open", remaining: null, nowMs: NOW_MS, asOfMs: NOW_MS };
    },
    knows: async (eventId) => eventId === event.id,
  };
  const directory = { find: async (eventId: number) => (eventId === event.id ? event : null) };
  return {
    claims: {
      claim: async ({ eventId }) => {
        known(eventId);
        return won;
      },
      status: async ({ eventId }) => {
        known(eventId);
        return won;
      },
    },
    events,
    live: createLiveEvents({ directory, views: events, clock: systemClock(), reporter: silentReporter }),
    wallet: {
      mine: async ({ beforeId }) =>
        beforeId === null
          ? {
              items: [
                { kind: "issuing", event, seat: { userId: "kim", rank: 4, claimedAtMs: NOW_MS } },
                { kind: "coupon", coupon },
              ],
              nextBeforeId: 7,
              counts: { usable: 0, used: 1, expired: 0, issuing: 1 },
            }
          : { items: [], nextBeforeId: null, counts: null },
    },
    couponUse: {
      use: async ({ couponId }) => {
        if (couponId !== coupon.id) throw new UnknownCouponError(couponId);
        return { status: "used", coupon };
      },
    },
  };
}

export type TestDoor = {
  origin: string;
  api: Api;
  health: Health;
  sessions: Sessions;
  logged: Record<string, unknown>[];
  observed: { route: string; status: number; requestId: string; address: string }[];
  /** the Cookie header of this user */
  cookieOf: (userId: string, role?: Me["role"]) => string;
  /** Calls a procedure in the plain wire format; an input makes it a mutation by POST. */
  call: (
    procedure: string,
    options?: { input?: unknown; query?: unknown; user?: string; headers?: Record<string, string> },
  ) => Promise<Response>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** `await using door = await openTestDoor()` closes it at the end of the test. */
export async function openTestDoor(
  options: Partial<
    Pick<FrontDoorOptions, "pages" | "dev" | "assets" | "pageMemory" | "publicUrl" | "trustedProxies">
  > &
    Partial<Pick<Api, "services" | "publicOrigin" | "authMode">> & {
      claimsPerSecond?: number;
      https?: boolean;
      /** what answers below /auth/, with the door's sessions */
      signIn?: (sessions: Sessions) => SignInHandler;
    } = {},
): Promise<TestDoor> {
  const { authMode = "demo" } = options;
  const logged: Record<string, unknown>[] = [];
  const observed: TestDoor["observed"] = [];
  const sessions = signedSessions({
    keys: [SESSION_KEY],
    secure: false,
    mode: authMode,
    nowMs: () => NOW_MS,
  });
  const api: Api = {
    services: options.services ?? fakeServices(),
    authMode,
    sessions,
    claimLimit: claimLimit(options.claimsPerSecond ?? 0),
    publicOrigin: options.publicOrigin ?? null,
    log: {
      debug: () => undefined,
      error: (fields, message) => void logged.push({ ...fields, message }),
    },
  };
  const health = createHealth({ probes: {}, nowMs: () => NOW_MS });
  health.ready();
  const server = createFrontDoor({
    api,
    health,
    pages: options.pages ?? { handle: async (_req, res) => void res.end("a page") },
    signIn: options.signIn?.(sessions) ?? null,
    dev: options.dev ?? false,
    assets: options.assets ?? null,
    pageMemory: options.pageMemory ?? null,
    publicUrl: options.publicUrl ?? (options.https ? new URL("https://coupons.example") : null),
    trustedProxies: options.trustedProxies ?? [],
    observe: (request) => void observed.push(request),
  });
  const listener = await listen(server, { port: 0, host: "127.0.0.1" });
  const origin = `http://127.0.0.1:${listener.port}`;
  const cookieOf = (userId: string, role: Me["role"] = "shopper"): string =>
    sessions.issue({ userId, displayName: userId, role }).split(";", 1)[0] ?? "";

  return {
    origin,
    api,
    health,
    sessions,
    logged,
    observed,
    cookieOf,
    call: (procedure, { input, query, user, headers = {} } = {}) => {
      const search = query === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(query))}`;
      const cookie = user === undefined ? {} : { cookie: cookieOf(user) };
      const init =
        input === undefined
          ? { headers: { ...cookie, ...headers } }
          : {
              method: "POST",
              headers: { "content-type": "application/json", ...cookie, ...headers },
              body: typeof input === "string" ? input : JSON.stringify(input),
            };
      return fetch(`${origin}/api/trpc/${procedure}${search}`, init);
    },
    [Symbol.asyncDispose]: async () => {
      await listener.close(0);
    },
  };
}

export type WireError = {
  message: string;
  data: { code: string; httpStatus: number; requestId?: string; stack?: string };
};

/** The error of an answer, or of the first call of a batch. */
export async function errorOf(response: Response): Promise<WireError> {
  const body = (await response.json()) as { error: WireError } | { error: WireError }[];
  const [first] = Array.isArray(body) ? body : [body];
  if (first?.error === undefined) throw new Error(`not an error: ${JSON.stringify(body)}`);
  return first.error;
}

export async function dataOf(response: Response): Promise<unknown> {
  const body = (await response.json()) as { result: { data: unknown } };
  return body.result.data;
}
