/**
 * Users as plain HTTP clients: they sign in, keep their cookie, press the button, and remember every answer they
 * were given, so that the audit can hold the product to it.
 */
import { setTimeout as delay } from "node:timers/promises";
import { Pool } from "undici";

export type ClaimAnswer =
  | { status: "won"; rank: number; issueLimit: number; claimedAt: string; repeat: boolean }
  | { status: "pending"; since: string }
  | { status: "not_open"; opensAt: string }
  | { status: "sold_out" | "closed" | "paused" | "none" }
  | { status: "unavailable"; retryAfterMs: number };

export type EventView = {
  id: number;
  issueLimit: number;
  opensAt: string;
  state: "scheduled" | "open" | "paused" | "sold_out" | "closed";
  remaining: number | null;
  version: number;
  serverTime: string;
};

export type CouponView = {
  id: number | null;
  eventId: number;
  rank: number;
  discount: { type: string; amount: number };
  code: string | null;
  state: "usable" | "used" | "expired" | "issuing";
};

export type WalletPage = {
  items: CouponView[];
  nextCursor: string | null;
  counts?: Record<CouponView["state"], number>;
};

/** What came back over the wire: data, or tRPC's error code. */
export type Reply<T> = { httpStatus: number; cookie: string } & (
  | { data: T; error: null }
  | { data: null; error: string }
);
export type Heard = { eventId: number; answer: ClaimAnswer };

export type User = {
  userId: string;
  /** every answer to claim and claimStatus, in the order in which they arrived */
  heard: Heard[];
  /** One press of the button. @param web the index of the web process; by default they take turns */
  claim(eventId: number, web?: number): Promise<ClaimAnswer>;
  claimStatus(eventId: number, web?: number): Promise<ClaimAnswer>;
  /** Presses as a person would: again after `unavailable` and `none`, and waits while it is pending. */
  press(eventId: number, web?: number): Promise<ClaimAnswer>;
  mine(): Promise<CouponView[]>;
  /** The first page of the list, as the server answers: of one state if one is named. */
  wallet(state?: CouponView["state"]): Promise<Reply<WalletPage>>;
  use(couponId: number): Promise<Reply<{ status: string; coupon: CouponView }>>;
};

export type Client = {
  signIn(userId: string): Promise<User>;
  /** Signs in `count` users named `<prefix>-1` and so on. */
  signInMany(prefix: string, count: number): Promise<User[]>;
  event(eventId: number, web?: number): Promise<EventView>;
  close(): Promise<void>;
};

/** Enough that a crowd of 1,000 over two processes has all its requests on the way at once. */
const CONNECTIONS_PER_WEB = 512;
const SIGN_INS_AT_ONCE = 50;
const PENDING_POLL_MS = 200;
const PRESS_TIMEOUT_MS = 60_000;

/**
 * @param bases the addresses of the web processes
 * @param connect how to reach them, where that takes more than the address
 */
export function createClient(bases: string[], connect: Pool.Options["connect"] = {}): Client {
  const pools = bases.map(
    (base) => new Pool(base, { connections: CONNECTIONS_PER_WEB, headersTimeout: 15_000, connect }),
  );
  let turn = 0;

  async function request<T>(options: {
    method: "GET" | "POST";
    path: string;
    cookie?: string;
    body?: string;
    web?: number | undefined;
  }): Promise<Reply<T>> {
    const pool = pools[(options.web ?? turn++) % pools.length] as Pool;
    const response = await pool.request({
      method: options.method,
      path: `/api/trpc/${options.path}`,
      headers: {
        ...(options.cookie ? { cookie: options.cookie } : {}),
        ...(options.body ? { "content-type": "application/json" } : {}),
      },
      body: options.body ?? null,
    });
    const json = (await response.body.json()) as { result?: { data: T }; error?: { data: { code: string } } };
    const cookie = String(response.headers["set-cookie"] ?? "").split(";")[0] ?? "";
    const httpStatus = response.statusCode;
    return json.result
      ? { httpStatus, data: json.result.data, error: null, cookie }
      : { httpStatus, data: null, error: json.error?.data.code ?? "unknown", cookie };
  }
  const mutate = <T>(procedure: string, input: object, cookie = "", web?: number) =>
    request<T>({ method: "POST", path: procedure, body: JSON.stringify(input), cookie, web });
  const query = <T>(procedure: string, input: object, cookie = "", web?: number) =>
    request<T>({
      method: "GET",
      path: `${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`,
      cookie,
      web,
    });

  async function signIn(userId: string): Promise<User> {
    const signedIn = await mutate("session.signIn", { userId });
    data(signedIn);
    const { cookie } = signedIn;
    const heard: Heard[] = [];
    const remember = (eventId: number, answer: ClaimAnswer) => {
      heard.push({ eventId, answer });
      return answer;
    };
    const user: User = {
      userId,
      heard,
      claim: async (eventId, web) =>
        remember(eventId, data(await mutate<ClaimAnswer>("coupon.claim", { eventId }, cookie, web))),
      claimStatus: async (eventId, web) =>
        remember(eventId, data(await query<ClaimAnswer>("coupon.claimStatus", { eventId }, cookie, web))),
      press: (eventId, web) => pressUntilDecided(user, eventId, web),
      mine: async () =>
        data(await query<{ items: CouponView[] }>("coupon.mine", { limit: 100 }, cookie)).items,
      wallet: (state) => query<WalletPage>("coupon.mine", { limit: 100, ...(state && { state }) }, cookie),
      use: (couponId) => mutate("coupon.use", { couponId }, cookie),
    };
    return user;
  }

  return {
    signIn,
    async signInMany(prefix, count) {
      const users: User[] = [];
      for (let first = 1; first <= count; first += SIGN_INS_AT_ONCE) {
        const length = Math.min(SIGN_INS_AT_ONCE, count - first + 1);
        users.push(
          ...(await Promise.all(Array.from({ length }, (_, i) => signIn(`${prefix}-${first + i}`)))),
        );
      }
      return users;
    },
    event: async (eventId, web) => data(await query<EventView>("event.get", { eventId }, "", web)),
    close: async () => {
      await Promise.all(pools.map((pool) => pool.destroy()));
    },
  };
}

/** @throws when the reply is an error: the tests name those that they expect */
function data<T>(reply: Reply<T>): T {
  if (reply.error !== null) throw new Error(`the server answered ${reply.httpStatus} ${reply.error}`);
  return reply.data;
}

async function pressUntilDecided(user: User, eventId: number, web?: number): Promise<ClaimAnswer> {
  const deadline = performance.now() + PRESS_TIMEOUT_MS;
  let answer = await user.claim(eventId, web);
  while (performance.now() < deadline) {
    if (answer.status === "pending") {
      await delay(PENDING_POLL_MS);
      answer = await user.claimStatus(eventId, web);
    } else if (answer.status === "unavailable" || answer.status === "none") {
      if (answer.status === "unavailable") await delay(answer.retryAfterMs);
      answer = await user.claim(eventId, web);
    } else {
      return answer;
    }
  }
  throw new Error(`${user.userId} still hears ${answer.status} after ${PRESS_TIMEOUT_MS} ms`);
}

/** How many of each status. */
export function tally(answers: readonly ClaimAnswer[]): Partial<Record<ClaimAnswer["status"], number>> {
  const counts: Partial<Record<ClaimAnswer["status"], number>> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** The ranks of the answers "won", in ascending order. */
export function ranks(answers: readonly ClaimAnswer[]): number[] {
  return answers.flatMap((answer) => (answer.status === "won" ? [answer.rank] : [])).sort((a, b) => a - b);
}

export function oneTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
