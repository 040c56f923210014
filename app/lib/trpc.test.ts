import { createTRPCClient, httpLink } from "@trpc/client";
import { afterEach, expect, test, vi } from "vitest";
import type { AppRouter } from "#server/trpc/router";
import { api, failureKind } from "./trpc.ts";

const official = createTRPCClient<AppRouter>({ links: [httpLink({ url: "/api/trpc" })] });

/** What went over the wire when `ask` was called, and what the caller got for this answer. */
async function exchange(ask: () => Promise<unknown>, answer: object) {
  const sent: unknown[] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit = {}) => {
    const { method = "GET", headers, body = null } = init;
    sent.push({ url, method, type: new Headers(headers).get("content-type"), body: body ?? null });
    return Response.json(answer);
  });
  const got = await ask();
  return { sent, got };
}

afterEach(() => void vi.unstubAllGlobals());

const calls = {
  "a query without input": (client: typeof api | typeof official) => client.session.me.query(undefined),
  "a query with input": (client: typeof api | typeof official) =>
    client.coupon.mine.query({ limit: 5, cursor: "a b&c" }, undefined),
  "a mutation": (client: typeof api | typeof official) =>
    client.coupon.claim.mutate({ eventId: 7 }, undefined),
};

test.each(Object.entries(calls))(
  "%s goes over the wire exactly as tRPC's own client sends it",
  async (_, call) => {
    const answer = { result: { data: { status: "sold_out" } } };
    const ours = await exchange(() => call(api), answer);
    const theirs = await exchange(() => call(official), answer);
    expect(ours.got).toEqual(theirs.got);
    const type = "application/json";
    // The official client names a content type for a GET as well; without a body it means nothing.
    const comparable = ({ sent }: typeof ours) => sent.map((request) => ({ ...(request as object), type }));
    expect(comparable(ours)).toEqual(comparable(theirs));
    expect(ours.sent).toHaveLength(1);
  },
);

test("a mutation says that it is JSON, or the server would not read it", async () => {
  const { sent } = await exchange(() => api.session.signOut.mutate(undefined), { result: { data: null } });
  expect(sent).toMatchObject([{ method: "POST", type: "application/json" }]);
});

test.each([
  [{ error: { data: { code: "UNAUTHORIZED" } } }, "signed_out"],
  [{ error: { data: { code: "TOO_MANY_REQUESTS" } } }, "too_many"],
  [{ error: { data: { code: "INTERNAL_SERVER_ERROR" } } }, "broken"],
  [{ error: {} }, "broken"],
])("an error of the API is told by its kind: %j", async (answer, kind) => {
  const failed = exchange(() => api.session.me.query(undefined), answer);
  expect(failureKind(await failed.catch((error: unknown) => error))).toBe(kind);
});

test("a page of a balancer instead of an answer counts as no answer: nobody knows whether the call arrived", async () => {
  vi.stubGlobal("fetch", async () => new Response("<h1>502</h1>", { status: 502 }));
  const error = await api.coupon.claim.mutate({ eventId: 7 }, undefined).catch((cause: unknown) => cause);
  expect(failureKind(error)).toBe("offline");
});
