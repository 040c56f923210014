/** Whoever the provider vouches for is let in, and nobody by a provider that lies, errs or is silent. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { freePort } from "../../../stack/ports.mjs";
import { CLIENT_ID, type Lie, SUBJECT, startLyingProvider } from "./lying-provider.ts";
import { envOf, testShop } from "./shop.ts";
import { visitor } from "./visitor.ts";
import { startWeb } from "./web.ts";

const shop = testShop();

describe("an honest sign-in", () => {
  test("leads back to where it began, as the person whom the provider named", async () => {
    const mina = visitor(shop().web.base);
    const authorization = await shop().setOut(mina, "/events/42?a=b");
    const { searchParams } = authorization;
    expect(Object.fromEntries(searchParams)).toMatchObject({
      client_id: CLIENT_ID,
      response_type: "code",
      scope: "openid profile email",
      redirect_uri: `${shop().web.base}/auth/callback`,
      code_challenge_method: "S256",
    });
    const answer = await mina.get(shop().callback(shop().approval(authorization)));
    expect([answer.status, answer.location?.href]).toEqual([303, `${shop().web.base}/events/42?a=b`]);
    const userId = createHash("sha256")
      .update(JSON.stringify([shop().provider.issuer, SUBJECT]))
      .digest("base64url");
    expect(await mina.me(shop().web.base)).toEqual({ userId, displayName: "민아 Kim", role: "shopper" });
    expect([...mina.cookies.keys()]).toEqual(["sunchak_session"]);
  });

  test.each([
    ["a claim says so", { claims: { groups: ["staff", "operator"] } }, "operator"],
    [
      "a verified address is listed",
      { userinfo: { email: "Boss@example.com", email_verified: true } },
      "operator",
    ],
    [
      "the address is not verified",
      { userinfo: { email: "boss@example.com", email_verified: false } },
      "shopper",
    ],
    ["the claim says something else", { claims: { groups: "operators" } }, "shopper"],
  ] as [string, Lie, string][])("when %s makes the role", async (_title, lie, role) => {
    const someone = visitor(shop().web.base);
    await someone.get(shop().callback(shop().approval(await shop().setOut(someone), lie)));
    expect(await someone.me(shop().web.base)).toMatchObject({ role });
  });

  test("does not disturb another one in a second tab", async () => {
    const mina = visitor(shop().web.base);
    const [first, second] = [await shop().setOut(mina, "/events/1"), await shop().setOut(mina, "/events/2")];
    for (const [authorization, path] of [
      [second, "/events/2"],
      [first, "/events/1"],
    ] as const)
      expect((await mina.get(shop().callback(shop().approval(authorization)))).location?.pathname).toBe(path);
  });
});

describe("what the provider vouches with", () => {
  const hourAgoS = Math.floor(Date.now() / 1000) - 3600;
  test.each([
    ["another nonce", { claims: { nonce: "another-nonce" } }, "unverified"],
    ["no nonce", { claims: { nonce: undefined } }, "unverified"],
    ["another issuer", { claims: { iss: "https://evil.example" } }, "unverified"],
    ["another audience", { claims: { aud: "another-shop" } }, "unverified"],
    ["an ID token that has expired", { claims: { exp: hourAgoS, iat: hourAgoS - 60 } }, "unverified"],
    ["no subject", { claims: { sub: undefined } }, "unverified"],
    ["the signature of another key", { signature: "other key" }, "unverified"],
    ["no signature", { signature: "none" }, "unverified"],
    ["a signature with the client secret", { signature: "client secret" }, "unverified"],
    ["no ID token", { token: "no ID token" }, "unverified"],
    ["the userinfo of somebody else", { userinfo: { sub: "subject-2" } }, "unverified"],
    ["an error", { token: "error" }, "refused"],
    ["its own failure", { token: "broken" }, "unreachable"],
    ["an answer without end", { token: "huge" }, "unreachable"],
    ["no answer", { token: "hang" }, "unreachable"],
  ] as [string, Lie, string][])("signs nobody in with %s", async (_title, lie, problem) => {
    const someone = visitor(shop().web.base);
    const back = shop().approval(await shop().setOut(someone), lie);
    const answer = await someone.get(shop().callback(back));
    await shop().expectProblem(answer, someone, { problem });
    // The log says why, and for which request; it holds nothing that could be used.
    const line = new RegExp(`"problem":"${problem}","requestId":"${answer.requestId}","reason":"[^"]{5}`);
    await expect.poll(shop().web.log).toMatch(line);
    for (const secret of [back.code ?? "", back.state ?? "", "an-access-token", "eyJ", "of the provider"])
      expect(shop().web.log()).not.toContain(secret);
  });
});

test("a provider that is down costs sign-ins and nothing else, and is found when it is back", async () => {
  const port = await freePort();
  await using lonely = await startWeb(envOf(`http://127.0.0.1:${port}`));
  const someone = visitor(lonely.base);
  const { location } = await someone.get(`${lonely.base}/auth/sign-in?next=/coupons`);
  expect(location?.search).toBe("?problem=unreachable&next=%2Fcoupons");
  expect(await someone.me(lonely.base)).toBeNull();
  await using late = await startLyingProvider(port);
  await expect
    .poll(async () => (await someone.get(`${lonely.base}/auth/sign-in`)).location?.origin, {
      timeout: 10_000,
    })
    .toBe(late.issuer);
});

test("a provider that takes the secret in the body alone gets it there", async () => {
  await using modest = await startLyingProvider();
  modest.metadata = { token_endpoint_auth_methods_supported: ["client_secret_post"] };
  await using product = await startWeb(envOf(modest.issuer));
  const mina = visitor(product.base);
  const { location } = await mina.get(`${product.base}/auth/sign-in`);
  const query = new URLSearchParams({
    code: modest.approve(location as URL),
    state: location?.searchParams.get("state") ?? "",
    iss: modest.issuer,
  });
  await mina.get(`${product.base}/auth/callback?${query}`);
  expect(await mina.me(product.base)).toMatchObject({ role: "shopper" });
});

test("a provider that names another issuer than the settings is not used", async () => {
  await using impostor = await startLyingProvider();
  impostor.metadata = { issuer: "https://login.example.com" };
  await using careful = await startWeb(envOf(impostor.issuer));
  const { location } = await visitor(careful.base).get(`${careful.base}/auth/sign-in`);
  expect(location?.search).toBe("?problem=unverified&next=%2F");
});
