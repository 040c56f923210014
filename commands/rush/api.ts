/** The product's HTTP API as a crowd uses it: keep-alive connections, spread over the addresses in turn. */
import { Pool } from "undici";
import { z } from "zod";

/** What one request brought. `error` is everything that is not an answer of the API: the outcome is unknown. */
export type Answer =
  | { status: "won"; rank: number }
  | { status: "pending" | "sold_out" | "not_open" | "closed" | "paused" | "none" }
  | { status: "unavailable"; retryAfterMs: number }
  | { status: "error"; reason: string };

const answer = z.discriminatedUnion("status", [
  z.object({ status: z.literal("won"), rank: z.int() }),
  z.object({ status: z.enum(["pending", "sold_out", "not_open", "closed", "paused", "none"]) }),
  z.object({ status: z.literal("unavailable"), retryAfterMs: z.number() }),
]) satisfies z.ZodType<Answer>;

const eventView = z.object({
  displayName: z.string(),
  issueLimit: z.number(),
  state: z.enum(["scheduled", "open", "paused", "sold_out", "closed"]),
  opensAt: z.iso.datetime(),
  serverTime: z.iso.datetime(),
});
export type RushEvent = z.infer<typeof eventView>;

const success = z.object({ result: z.object({ data: z.unknown() }) });
const failure = z.object({ error: z.object({ data: z.object({ code: z.string() }) }) });

export type Api = ReturnType<typeof connectApi>;
/** Signed in at every address, since the session is the cookie alone. */
export type Cookie = string;

/** Longer than the server takes for an answer in the worst case. */
const ANSWER_TIMEOUT_MS = 10_000;

/** @param options.bases origins such as http://127.0.0.1:3000; `options.concurrency` connections in all */
export function connectApi(options: { bases: readonly string[]; concurrency: number }) {
  const { bases, concurrency } = options;
  const pools = bases.map(
    (base) =>
      new Pool(base, {
        connections: Math.ceil(concurrency / bases.length),
        headersTimeout: ANSWER_TIMEOUT_MS,
        bodyTimeout: ANSWER_TIMEOUT_MS,
      }),
  );
  let turn = 0;

  async function call(request: { method: "GET" | "POST"; path: string; cookie?: Cookie; input: object }) {
    const { method, path, cookie, input } = request;
    const json = JSON.stringify(input);
    const pool = pools[turn++ % pools.length] as Pool;
    const response = await pool.request({
      method,
      path: `/api/trpc/${path}${method === "GET" ? `?input=${encodeURIComponent(json)}` : ""}`,
      headers: { "content-type": "application/json", ...(cookie && { cookie }) },
      ...(method === "POST" && { body: json }),
    });
    const body: unknown = await response.body.json();
    if (response.statusCode === 200)
      return { data: success.parse(body).result.data, headers: response.headers };
    const failed = failure.safeParse(body);
    throw new Error(failed.success ? failed.data.error.data.code : `HTTP ${response.statusCode}`);
  }

  async function ask(request: Parameters<typeof call>[0]): Promise<Answer> {
    try {
      return answer.parse((await call(request)).data);
    } catch (error) {
      return { status: "error", reason: error instanceof Error ? error.message : String(error) };
    }
  }

  return {
    /** @throws Error with the code of the API, or what the network said */
    async event(eventId: number): Promise<RushEvent> {
      return eventView.parse((await call({ method: "GET", path: "event.get", input: { eventId } })).data);
    },
    /** @throws as `event` does */
    async signIn(userId: string): Promise<Cookie> {
      const { headers } = await call({ method: "POST", path: "session.signIn", input: { userId } });
      const [setCookie] = [headers["set-cookie"] ?? []].flat();
      if (setCookie === undefined) throw new Error("signing in set no cookie");
      return setCookie.split(";", 1)[0] as string;
    },
    claim: (cookie: Cookie, eventId: number) =>
      ask({ method: "POST", path: "coupon.claim", cookie, input: { eventId } }),
    claimStatus: (cookie: Cookie, eventId: number) =>
      ask({ method: "GET", path: "coupon.claimStatus", cookie, input: { eventId } }),
    async close() {
      await Promise.all(pools.map((pool) => pool.destroy()));
    },
  };
}
