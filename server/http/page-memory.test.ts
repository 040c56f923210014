/** Event pages from memory: who gets which copy, how old it may be, and what is never kept. */
import type { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { fakeRenderer, get, openMemoryDoor, titleOf } from "./page-memory-testing.ts";

describe("a crowd", () => {
  test("of a thousand that comes before there is a copy costs one making", async () => {
    const renderer = fakeRenderer();
    await using door = await openMemoryDoor(renderer);
    const release = renderer.hold();
    const asked = Array.from({ length: 1000 }, () => get(door, "/events/1"));
    await expect.poll(() => door.visits.count, { timeout: 10_000 }).toBe(1000);
    release();
    const answers = await Promise.all(asked);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(renderer.paths).toEqual(["/events/1"]);
  });

  test("gets the copy for a second, whatever else stands in the query", async () => {
    const renderer = fakeRenderer();
    await using door = await openMemoryDoor(renderer);
    for (const path of ["/events/1", "/events/1?utm_source=mail", "/events/1?", "/events/%31"])
      expect(titleOf(await get(door, path)), path).toBe("making 1");
    door.clock.ms += 999;
    expect(titleOf(await get(door, "/events/1"))).toBe("making 1");
    expect(renderer.paths).toHaveLength(1);
  });

  test("gets the old copy while one making is under way, and the new one then", async () => {
    const renderer = fakeRenderer();
    await using door = await openMemoryDoor(renderer);
    await get(door, "/events/1");
    door.clock.ms += 1500;
    const release = renderer.hold();
    const meanwhile = await Promise.all(Array.from({ length: 50 }, () => get(door, "/events/1")));
    expect(new Set(meanwhile.map(titleOf))).toEqual(new Set(["making 1"]));
    expect(renderer.paths).toHaveLength(2);
    release();
    await expect.poll(async () => titleOf(await get(door, "/events/1"))).toBe("making 2");
    expect(renderer.paths).toHaveLength(2);
  });

  test("waits for the making when nobody came for so long that the copy is too old to be shown", async () => {
    const renderer = fakeRenderer();
    await using door = await openMemoryDoor(renderer);
    await get(door, "/events/1");
    door.clock.ms += 3001;
    expect(titleOf(await get(door, "/events/1"))).toBe("making 2");
  });
});

describe("a making that fails", () => {
  test("is an error for those who waited, and the next one gets a page", async () => {
    const renderer = fakeRenderer();
    await using door = await openMemoryDoor(renderer);
    renderer.next = "throws";
    const release = renderer.hold();
    const asked = [get(door, "/events/1"), get(door, "/events/1")];
    await expect.poll(() => door.visits.count).toBe(2);
    release();
    for (const { status, text } of await Promise.all(asked)) {
      expect(status).toBe(500);
      expect(text).not.toContain("10.0.0.7");
    }
    expect(renderer.paths).toHaveLength(1);
    expect((await get(door, "/events/1")).status).toBe(200);
  });

  test("passes the renderer's own words on to those who waited, and they are not kept", async () => {
    const renderer = fakeRenderer();
    await using door = await openMemoryDoor(renderer);
    renderer.next = "is a 500";
    const failed = await get(door, "/events/1");
    expect(failed).toMatchObject({ status: 500, headers: { "cache-control": "no-store" } });
    expect(titleOf(failed)).toBe("making 1");
    expect(failed.headers.etag).toBeUndefined();
    expect(await get(door, "/events/1")).toMatchObject({ status: 200 });
    expect(door.made).toEqual(["passed_on", "kept"]);
  });

  test("behind an old copy is noticed by nobody until that is too old, and is tried once a second", async () => {
    const renderer = fakeRenderer();
    await using door = await openMemoryDoor(renderer);
    await get(door, "/events/1");
    door.clock.ms += 1500;
    renderer.next = "throws";
    expect(titleOf(await get(door, "/events/1"))).toBe("making 1");
    await expect.poll(() => door.made).toEqual(["kept", "failed"]);
    expect(titleOf(await get(door, "/events/1"))).toBe("making 1");
    expect(renderer.paths).toHaveLength(2);
    door.clock.ms += 1000;
    expect(titleOf(await get(door, "/events/1"))).toBe("making 1");
    await expect.poll(async () => titleOf(await get(door, "/events/1"))).toBe("making 3");
  });
});

describe("a copy", () => {
  test("is of one language: the visitor's choice, else the browser's wish", async () => {
    const renderer = fakeRenderer();
    await using door = await openMemoryDoor(renderer);
    const languageFor = async (headers: Record<string, string>) =>
      /lang="(\w+)"/.exec((await get(door, "/events/1", { headers })).text)?.[1];
    expect(await languageFor({})).toBe("ko");
    expect(await languageFor({ "accept-language": "en-US,en;q=0.9" })).toBe("en");
    expect(await languageFor({ "accept-language": "en", cookie: "a=b; sunchak_lang=ko" })).toBe("ko");
    expect(await languageFor({ "accept-language": "ko", cookie: "sunchak_lang=en; a=b" })).toBe("en");
    expect(renderer.paths).toHaveLength(2);
  });

  test("is made without anything of the visitor: no session, no address, no header at all but the language", async () => {
    const renderer = fakeRenderer();
    await using door = await openMemoryDoor(renderer);
    const cookie = `${door.cookieOf("kim")}; sunchak_lang=en; other=secret`;
    const headers = {
      cookie,
      authorization: "secret",
      "user-agent": "secret",
      "x-forwarded-for": "192.0.2.1",
      referer: "http://secret.example/",
    };
    await get(door, "/events/1?secret", { headers });
    const [asked] = renderer.requests as [IncomingMessage];
    expect(asked.url).toBe("/events/1");
    expect(asked.headers).toEqual({
      host: "localhost",
      cookie: "sunchak_lang=en",
      "content-security-policy": expect.stringContaining("'nonce-"),
    });
    expect(asked.rawHeaders).toEqual([]);
  });

  test("is made for the public address, whatever name a visitor knows us by", async () => {
    const renderer = fakeRenderer();
    await using door = await openMemoryDoor(renderer, { publicUrl: new URL("https://coupons.example") });
    const headers = { host: "127.0.0.1:1234", "x-forwarded-host": "evil.example" };
    const answer = await get(door, "/events/1", { headers });
    expect(renderer.requests[0]?.headers).toMatchObject({
      host: "coupons.example",
      "x-forwarded-host": "coupons.example",
      "x-forwarded-proto": "https",
    });
    expect(answer.headers["content-security-policy"]).toContain("upgrade-insecure-requests");
    expect(answer.headers["strict-transport-security"]).toBeTruthy();
  });
});

describe("an address that names no event", () => {
  test("is a 404 with words, made once however many are tried", async () => {
    const renderer = fakeRenderer();
    await using door = await openMemoryDoor(renderer);
    for (const name of ["2", "3", "0", "x", "99999999999", "1x"]) {
      const { status, text } = await get(door, `/events/${name}`);
      expect({ name, status }).toEqual({ name, status: 404 });
      expect(text).toContain("</html>");
    }
    expect(renderer.paths).toEqual(["/events/0"]);
    expect(door.lookedUp).toEqual([2, 3]);
  });

  test("is no 304 to whoever held the page, and becomes a page when the event was created", async () => {
    await using door = await openMemoryDoor(fakeRenderer());
    const missing = await get(door, "/events/2");
    const headers = { "if-none-match": String(missing.headers.etag) };
    expect((await get(door, "/events/2", { headers })).status).toBe(404);
    door.events.add(2);
    expect((await get(door, "/events/2")).status).toBe(200);
  });

  test("is left to the page to find out when the list of events cannot be asked", async () => {
    const renderer = fakeRenderer();
    await using door = await openMemoryDoor(renderer);
    door.events.add("away");
    renderer.next = "is a 500";
    expect((await get(door, "/events/5")).status).toBe(500);
    expect(renderer.paths).toEqual(["/events/5"]);
  });
});

test("what Next's own client asks for, and every other page, goes to Next", async () => {
  const renderer = fakeRenderer();
  await using door = await openMemoryDoor(renderer);
  const paths = ["/events/1?_rsc=abc", "/events/1?utm=1&_rsc=abc", "/", "/events", "/events/", "/events/1/x"];
  for (const path of paths) await get(door, path);
  await get(door, "/events/1", { headers: { rsc: "1" } });
  expect(renderer.paths).toEqual([...paths, "/events/1"]);
  expect(door.made).toEqual([]);
});

test("pages of more events than may wait are refused with a word on when to come again", async () => {
  const renderer = fakeRenderer();
  await using door = await openMemoryDoor(renderer);
  for (let id = 1; id <= 300; id += 1) door.events.add(id);
  const release = renderer.hold();
  const asked = Array.from({ length: 300 }, (_, index) => get(door, `/events/${index + 1}`));
  await expect.poll(() => door.made.filter((result) => result === "failed").length).toBe(98);
  expect(renderer.paths).toHaveLength(2);
  release();
  const answers = await Promise.all(asked);
  const refused = answers.filter(({ status }) => status === 503);
  expect(refused).toHaveLength(98);
  expect(refused[0]?.headers["retry-after"]).toBe("1");
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(202);
});
