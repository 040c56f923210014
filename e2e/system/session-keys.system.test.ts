/** Changing the keys of the sessions, step by step as docs/operating.md says, signs nobody out before it should. */
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startWeb, type Web } from "./oidc/web.ts";

const OLD = "the-old-key-of-these-tests-0000000001";
const NEW = "the-new-key-of-these-tests-0000000002";
const STRANGE = "a-key-that-nobody-has-set-000000000003";
const NAME = "sunchak_session";
const WEEK_S = 7 * 24 * 3600;

const cleanUp = new AsyncDisposableStack();
/** One process for each step: before, the new key behind, the new key in front, the new key alone. */
const steps = { old: OLD, both: `${OLD},${NEW}`, turned: `${NEW},${OLD}`, new: NEW };
const webs = {} as Record<keyof typeof steps, Web>;

beforeAll(async () => {
  await Promise.all(
    Object.entries(steps).map(async ([step, keys]) => {
      webs[step as keyof typeof steps] = cleanUp.use(await startWeb({ SESSION_KEYS: keys }));
    }),
  );
});
afterAll(() => cleanUp.disposeAsync());

type Asked = { me: { userId: string; role: string } | null; renewed: string | null; attributes: string };

/** session.me of the process at this step, for a browser with this cookie. */
async function ask(step: keyof typeof steps, cookie: string): Promise<Asked> {
  const response = await fetch(`${webs[step].base}/api/trpc/session.me`, { headers: { cookie } });
  const [line] = response.headers.getSetCookie();
  const [pair = "", ...attributes] = (line ?? "").split("; ");
  const { result } = (await response.json()) as { result: { data: Asked["me"] } };
  return { me: result.data, renewed: line === undefined ? null : pair, attributes: attributes.join("; ") };
}

async function signIn(step: keyof typeof steps): Promise<string> {
  const response = await fetch(`${webs[step].base}/api/trpc/session.signIn`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ userId: "mina" }),
  });
  return response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}

function forge(key: string, session: object): string {
  const payload = Buffer.from(JSON.stringify(session)).toString("base64url");
  const signature = createHmac("sha256", key).update(payload).digest("base64").replace(/=+$/, "");
  return `${NAME}=${payload}.${encodeURIComponent(signature)}`;
}

const mina = expect.objectContaining({ userId: "mina", role: "shopper" });
const good = () => ({
  userId: "mina",
  displayName: "mina",
  role: "shopper",
  mode: "demo",
  expiresAtMs: Date.now() + 60_000,
});

describe("a session of the old key", () => {
  test("is good while the old key is there, and moves on to the first key when that is the new one", async () => {
    const cookie = await signIn("old");
    expect(await ask("old", cookie)).toMatchObject({ me: mina, renewed: null });
    expect(await ask("both", cookie)).toMatchObject({ me: mina, renewed: null });
    const { me, renewed } = await ask("turned", cookie);
    expect(me).toEqual(mina);
    expect(await ask("new", renewed ?? "")).toMatchObject({ me: mina, renewed: null });
    expect(await ask("turned", renewed ?? "")).toMatchObject({ me: mina, renewed: null });
  });

  test("is renewed with the attributes of a new one, and not beyond its time", async () => {
    const { attributes, renewed } = await ask("turned", forge(OLD, good()));
    expect(attributes).toMatch(/^Max-Age=(60|59); Path=\/; HttpOnly; SameSite=Lax$/);
    const [payload = ""] = (renewed ?? "").slice(NAME.length + 1).split(".");
    expect(JSON.parse(Buffer.from(payload, "base64url").toString()).expiresAtMs).toBeLessThan(
      Date.now() + 60_000,
    );
  });

  test("is over when the old key is gone", async () => {
    expect(await ask("new", await signIn("old"))).toEqual({ me: null, renewed: null, attributes: "" });
  });
});

test("a new session lasts seven days and carries the first key, whichever order the keys have", async () => {
  expect(await ask("old", await signIn("both"))).toMatchObject({ me: mina });
  expect(await ask("new", await signIn("turned"))).toMatchObject({ me: mina });
  expect(await ask("new", await signIn("both"))).toMatchObject({ me: null });
  const [payload = ""] = (await signIn("both")).slice(NAME.length + 1).split(".");
  const { expiresAtMs } = JSON.parse(Buffer.from(payload, "base64url").toString());
  expect(Math.abs(expiresAtMs - Date.now() - WEEK_S * 1000)).toBeLessThan(60_000);
});

test("what the tests forge with a key that is set is accepted, so the refusals below are for their own reason", async () => {
  expect(await ask("turned", forge(NEW, good()))).toMatchObject({ me: mina, renewed: null });
  expect(await ask("turned", forge(OLD, good()))).toMatchObject({ me: mina });
});

const whole = forge(NEW, good());
test.each([
  ["signed by a key that nobody set", forge(STRANGE, good())],
  ["signed by an empty key", forge("", good())],
  ["without its signature", whole.slice(0, whole.indexOf("."))],
  ["with half a signature", whole.slice(0, -20)],
  ["with a truncated payload", whole.replace(/=.{10}/, "=")],
  [
    "with another user in it",
    whole.replace(/=[^.]+/, forge(STRANGE, { ...good(), userId: "boss" }).match(/=[^.]+/)?.[0] ?? ""),
  ],
  ["that is over", forge(NEW, { ...good(), expiresAtMs: Date.now() - 1 })],
  ["of another way to sign in", forge(NEW, { ...good(), mode: "oidc" })],
  ["with a role that does not exist", forge(NEW, { ...good(), role: "root" })],
  ["with a user id that nobody can have", forge(NEW, { ...good(), userId: "a b" })],
  ["with more in it than there is", forge(NEW, { ...good(), admin: true })],
  ["of a foreign name", whole.replace(NAME, "session")],
  ["whose name has another case", whole.replace(NAME, NAME.toUpperCase())],
  ["whose name has a prefix", whole.replace(NAME, `__Host-${NAME}`)],
  ["that is empty", `${NAME}=`],
])("a cookie %s is nobody's, and is not renewed", async (_title, cookie) => {
  expect(await ask("turned", cookie)).toEqual({ me: null, renewed: null, attributes: "" });
});
