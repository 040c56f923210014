/** Sign-in with a real implementation of OpenID Connect, step by step as a browser goes through it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../../stack/ports.mjs";
import { CLIENT, PUBLIC_CLIENT, startRealProvider } from "./real-provider.ts";
import { type Answer, type Visitor, visitor } from "./visitor.ts";
import { startWeb, type Web } from "./web.ts";

const STEPS_MAX = 12;

const cleanUp = new AsyncDisposableStack();
let withSecret: Web;
let withoutSecret: Web;

beforeAll(async () => {
  const [port, ...ports] = await Promise.all([freePort(), freePort(), freePort()]);
  const products = ports.map((product) => `http://127.0.0.1:${product}`);
  const { issuer } = cleanUp.use(await startRealProvider({ port, products }));
  const start = async (product: number, client: Record<string, string>): Promise<Web> =>
    cleanUp.use(
      await startWeb({
        PORT: String(product),
        AUTH_MODE: "oidc",
        OIDC_ISSUER: issuer,
        OIDC_ROLE_CLAIM: "groups",
        OPERATORS: "Boss@example.com, clerk2@example.com",
        ...client,
      }),
    );
  [withSecret, withoutSecret] = await Promise.all([
    start(ports[0], { OIDC_CLIENT_ID: CLIENT.id, OIDC_CLIENT_SECRET: CLIENT.secret }),
    start(ports[1], { OIDC_CLIENT_ID: PUBLIC_CLIENT.id }),
  ]);
});
afterAll(() => cleanUp.disposeAsync());

/** Fills in the provider's pages. @returns the answer of the product when the browser is back there */
async function signIn(someone: Visitor, web: Web, login: string, next = "/coupons"): Promise<Answer> {
  let answer = await someone.get(`${web.base}/auth/sign-in?next=${encodeURIComponent(next)}`);
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const { location } = answer;
    if (location === null) throw new Error(`no way on: ${answer.status} ${answer.body.slice(0, 300)}`);
    const page = await someone.get(location);
    if (location.origin === web.base) return page;
    const [, prompt = ""] = /name="prompt" value="(\w+)"/.exec(page.body) ?? [];
    answer = prompt ? await someone.post(location, { prompt, login, password: "any" }) : page;
  }
  throw new Error(`still not back after ${STEPS_MAX} steps`);
}

test("a person signs in, is who the provider says, is let in again, and signs out", async () => {
  const mina = visitor(withSecret.base);
  const back = await signIn(mina, withSecret, "mina", "/events/7");
  expect([back.status, back.location?.href]).toEqual([303, `${withSecret.base}/events/7`]);
  const me = await mina.me(withSecret.base);
  expect(me).toMatchObject({ displayName: "mina 님", role: "shopper" });
  expect(me?.userId).toMatch(/^[\w-]{43}$/);

  const out = await fetch(`${withSecret.base}/api/trpc/session.signOut`, {
    method: "POST",
    headers: { "content-type": "application/json" },
  });
  expect(out.headers.getSetCookie()[0]).toMatch(/^sunchak_session=; Max-Age=0; Path=\/;/);
  mina.cookies.clear();
  expect(await mina.me(withSecret.base)).toBeNull();

  await signIn(mina, withSecret, "mina");
  expect(await mina.me(withSecret.base)).toEqual(me);
});

test("two people are two users, and the same person is one, also by a client without a secret", async () => {
  const ids = new Map<string, string | undefined>();
  for (const [login, web] of [
    ["mina", withSecret],
    ["Mina", withSecret],
    ["mina", withoutSecret],
  ] as const) {
    const someone = visitor(web.base);
    await signIn(someone, web, login);
    ids.set(`${login} ${web.base}`, (await someone.me(web.base))?.userId);
  }
  expect(ids.get(`mina ${withSecret.base}`)).toBe(ids.get(`mina ${withoutSecret.base}`));
  expect(ids.get(`mina ${withSecret.base}`)).not.toBe(ids.get(`Mina ${withSecret.base}`));
});

test.each([
  ["clerk", "operator", "a claim of the provider"],
  ["boss", "operator", "a verified address on the list"],
  ["clerk2", "shopper", "an address on the list that is not verified"],
])("%s is a %s by %s", async (login, role) => {
  const someone = visitor(withSecret.base);
  await signIn(someone, withSecret, login);
  expect(await someone.me(withSecret.base)).toMatchObject({ role });
});

test("somebody who says no at the provider is told so on the sign-in page", async () => {
  const someone = visitor(withSecret.base);
  const { location } = await someone.get(`${withSecret.base}/auth/sign-in?next=/coupons`);
  const interaction = (await someone.get(location ?? "")).location;
  const aborted = await someone.get(`${interaction}/abort`);
  const back = await someone.get((await someone.get(aborted.location ?? "")).location ?? "");
  expect(back.location?.href).toBe(`${withSecret.base}/sign-in?problem=cancelled&next=%2Fcoupons`);
});
