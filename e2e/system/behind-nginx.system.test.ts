/** The whole product behind deploy/nginx.conf: what a claim through https is like, and who is believed about what. */
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { audit } from "./audit.ts";
import { createClient, type User } from "./client.ts";
import { askSite, postTo } from "./https.ts";
import { type Nginx, SITE_NAME, startSite } from "./nginx.ts";
import { until } from "./until.ts";
import { testWorld } from "./world.ts";

const CALLERS = 8;

const world = testWorld({
  env: {
    PUBLIC_URL: `https://${SITE_NAME}`,
    // Not all of 127.0.0.0/8: the tests call from other addresses of this machine as clients.
    TRUSTED_PROXIES: "127.0.0.1",
    LOG_LEVEL: "debug",
  },
});
const cleanUp = new AsyncDisposableStack();
let nginx: Nginx;

beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), "sunchak-behind-"));
  cleanUp.defer(() => rmSync(dir, { recursive: true, force: true }));
  const [first = "", second = ""] = world().bases.map((base) => new URL(base).host);
  nginx = await startSite({ dir, upstreams: [first, second], cleanUp });
});
afterAll(() => cleanUp.disposeAsync());

/** What the web processes wrote about a request at debug level. */
function requestLine(requestId: string): Promise<Record<string, unknown>> {
  return until(`the log line of ${requestId}`, async () => {
    const lines = world().webs.flatMap((web) => web.log().split("\n"));
    const line = lines.find((text) => text.includes(requestId) && text.includes('"msg":"request"'));
    return line === undefined ? undefined : JSON.parse(line);
  });
}

test("a claim through https is won, its cookie is Secure, and no security header comes twice", async () => {
  const event = await world().createEvent({ limit: 3 });
  const signedIn = await postTo(nginx, "session.signIn", { userId: "https-1" });
  const [cookie = ""] = signedIn.headers["set-cookie"] ?? [];
  expect(cookie.split("; ")).toEqual(expect.arrayContaining(["Secure", "HttpOnly", "SameSite=Lax"]));
  const headers = { cookie: cookie.split(";")[0] ?? "", origin: `https://${SITE_NAME}` };
  const claim = await postTo(nginx, "coupon.claim", { eventId: event.id }, { headers });
  expect(JSON.parse(claim.body).result.data).toMatchObject({ status: "won", rank: 1 });
  expect(claim.headers["strict-transport-security"]).toMatch(/^max-age=31536000/);
  const names = claim.headerNames.filter((name) => name !== "set-cookie");
  expect(new Set(names).size, names.join()).toBe(names.length);

  const foreign = await postTo(
    nginx,
    "coupon.claim",
    { eventId: event.id },
    { headers: { ...headers, origin: "https://evil.example" } },
  );
  expect(JSON.parse(foreign.body).error.data.code).toBe("FORBIDDEN");
});

test("one request id stands in the answer, the error, nginx's log and the web's log, with the client's address", async () => {
  const forged = { "x-request-id": "forged-id-000000", "x-forwarded-for": "198.51.100.7" };
  const answer = await postTo(nginx, "coupon.claim", { eventId: 1 }, { headers: forged, from: "127.0.0.9" });
  const requestId = String(answer.headers["x-request-id"]);
  expect(requestId).toMatch(/^[0-9a-f]{32}$/);
  expect(JSON.parse(answer.body).error.data).toMatchObject({ code: "UNAUTHORIZED" });
  expect(await requestLine(requestId)).toMatchObject({ route: "coupon.claim", address: "127.0.0.9" });
  await until("nginx's line", async () =>
    nginx.accessLog().some((line) => line.requestId === requestId && line.address === "127.0.0.9"),
  );
});

test("whoever calls a web process directly is not believed about an address or a name", async () => {
  const [base = ""] = world().bases;
  const direct = (headers: Record<string, string>) =>
    new Promise<{ status: number; requestId: string }>((resolve, reject) => {
      const options = { path: "/api/trpc/event.list", headers, localAddress: "127.0.0.9", agent: false };
      const outgoing = request(base, options, (response) => {
        const requestId = String(response.headers["x-request-id"]);
        response.resume().once("end", () => resolve({ status: response.statusCode ?? 0, requestId }));
      });
      outgoing.once("error", reject).end();
    });
  const forged = { "x-request-id": "forged-id-000000", "x-forwarded-for": "198.51.100.7" };
  const { status, requestId } = await direct(forged);
  expect(status).toBe(200);
  expect(await requestLine(requestId)).toMatchObject({ address: "127.0.0.9" });
  expect((await direct({ host: "evil.example" })).status).toBe(421);
});

test("a live stream goes through as it comes, and holds up no process that stops", async () => {
  const event = await world().createEvent({ limit: 10 });
  const path = `/api/trpc/event.live?input=${encodeURIComponent(JSON.stringify({ eventId: event.id }))}`;
  let text = "";
  const answer = askSite(nginx, path, {
    onChunk: (chunk) => {
      text += chunk;
    },
  });
  const hears = (left: number) => until(`${left} left`, async () => text.includes(`"remaining":${left},`));
  await hears(10);
  const [user] = await world().client.signInMany("listens", 1);
  await user?.press(event.id);
  await hears(9);
  for (const web of world().webs) {
    web.signal("SIGTERM");
    expect(await web.exit()).toBe(0);
    await web.start();
  }
  const { status, headers } = await answer;
  expect([status, headers["content-type"]]).toEqual([200, "text/event-stream"]);
  // The end of the connection, not of the subscription: a browser comes back by itself.
  expect(text).not.toContain("event: return");
});

test("while one web process after the other is replaced, nobody behind nginx hears an error", async () => {
  const event = await world().createEvent({ limit: 100_000 });
  const users: User[] = [];
  const errors: unknown[] = [];
  let replaced = false;
  const callers = Array.from({ length: CALLERS }, async (_, caller) => {
    // From an address of its own: nginx limits what comes from one.
    const client = createClient([nginx.base], { ...nginx.connect, localAddress: `127.0.1.${caller + 1}` });
    cleanUp.defer(() => client.close());
    for (let round = 0; !replaced; round += 1) {
      try {
        const user = await client.signIn(`rolling-${caller}-${round}`);
        await user.claim(event.id);
        users.push(user);
      } catch (error) {
        errors.push(error);
      }
    }
  });
  for (const web of world().webs) {
    const before = users.length;
    await until("the load", async () => users.length > before + 100);
    web.signal("SIGTERM");
    expect(await web.exit()).toBe(0);
    await web.start();
  }
  replaced = true;
  await Promise.all(callers);
  expect(errors.slice(0, 3), `${errors.length} errors, ${users.length} answers`).toEqual([]);
  const { problems } = await audit(world(), event.id, users);
  expect(problems).toEqual([]);
});
