/** A product whose people a lying provider vouches for, and the steps of a sign-in there, each to be done wrong. */
import { afterAll, beforeAll, expect } from "vitest";
import {
  CLIENT_ID,
  CLIENT_SECRET,
  type Lie,
  type LyingProvider,
  startLyingProvider,
} from "./lying-provider.ts";
import type { Answer, Visitor } from "./visitor.ts";
import { startWeb, type Web } from "./web.ts";

export type Shop = {
  web: Web;
  provider: LyingProvider;
  /** Leaves for the provider. @returns the address there */
  setOut(someone: Visitor, next?: string): Promise<URL>;
  /** What the provider sends back for the request at this address: all of it right, but for the lie. */
  approval(authorization: URL, lie?: Lie): Record<string, string>;
  /** The address of the way back. */
  callback(query: Record<string, string>): string;
  /** There is no session, and the sign-in page is told why in one word. */
  expectProblem(
    answer: Answer,
    someone: Visitor,
    expected: { problem: string; next?: string },
  ): Promise<void>;
};

/** The settings of a web process with a provider at this address. */
export function envOf(issuer: string): Record<string, string> {
  return {
    AUTH_MODE: "oidc",
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: CLIENT_ID,
    OIDC_CLIENT_SECRET: CLIENT_SECRET,
    OIDC_ROLE_CLAIM: "groups",
    OPERATORS: "boss@example.com",
  };
}

/** Opens before the tests of this file and closes afterwards. */
export function testShop(): () => Shop {
  const cleanUp = new AsyncDisposableStack();
  let shop: Shop | undefined;
  beforeAll(async () => {
    const provider = cleanUp.use(await startLyingProvider());
    const web = cleanUp.use(await startWeb(envOf(provider.issuer)));
    shop = { web, provider, ...stepsAt(web, provider) };
  });
  afterAll(() => cleanUp.disposeAsync());
  return () => {
    if (!shop) throw new Error("the shop has not been opened");
    return shop;
  };
}

function stepsAt({ base }: Web, provider: LyingProvider): Omit<Shop, "web" | "provider"> {
  return {
    async setOut(someone, next = "/coupons") {
      const { status, location } = await someone.get(`${base}/auth/sign-in?next=${encodeURIComponent(next)}`);
      expect([status, location?.origin]).toEqual([303, provider.issuer]);
      return location as URL;
    },
    approval(authorization, lie = {}) {
      const state = authorization.searchParams.get("state") ?? "";
      return { state, code: provider.approve(authorization, lie), iss: provider.issuer };
    },
    callback: (query) => `${base}/auth/callback?${new URLSearchParams(query)}`,
    async expectProblem(answer, someone, { problem, next = "/coupons" }) {
      expect(answer).toMatchObject({ status: 303, body: "" });
      expect(answer.location?.href).toBe(`${base}/sign-in?${new URLSearchParams({ problem, next })}`);
      expect(answer.setCookie.filter((line) => line.startsWith("sunchak_session"))).toEqual([]);
      expect(await someone.me(base)).toBeNull();
    },
  };
}
