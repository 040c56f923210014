/** The fast lane against tRPC's own handler: the same bytes to both, and nobody may tell which of them answered. */
import { createServer } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import { listen } from "#server/listen";
import { carrying, goodRequest, JSON_TYPE, type Target } from "../../e2e/attacks/attack.ts";
import { carriageAttacks } from "../../e2e/attacks/carriage-attacks.ts";
import { inputAttacks } from "../../e2e/attacks/input-attacks.ts";
import { procedures } from "../../e2e/attacks/procedures.ts";
import { chunked, exchange, type RequestParts, requestBytes } from "../../e2e/attacks/wire.ts";
import { mutateJson, mutateText, writeJson } from "../../e2e/fuzz/mutate.ts";
import { createRandom } from "../../e2e/fuzz/random.ts";
import type { ApiRequest } from "./api-call.ts";
import { fastLane } from "./fast-lane.ts";
import { officialLane } from "./official-lane.ts";
import { requestPath } from "./request-path.ts";
import { openTestDoor, type TestDoor } from "./testing.ts";

const AT_ONCE = 16;
const MUTATIONS_PER_PROCEDURE = 30;
/** What a caller can see of an answer, except for how its end is marked. */
const SEEN = ["content-type", "vary", "allow", "retry-after", "set-cookie"];

type Request = { title: string; request: RequestParts };

/** A stream has a lane of its own (live-stream.test.ts). */
const calls = Object.entries(procedures).filter(([, { kind }]) => kind !== "subscription");

describe.each(calls)("%s", (name, procedure) => {
  const targetOf = (door: TestDoor): Target => ({
    name,
    procedure,
    cookie: door.cookieOf("kim"),
    targets: { eventId: 1, couponId: 7 },
  });

  test("is answered the same in both lanes, whatever is wrong with the call", async () => {
    const { door, fast, official } = await openLanes();
    const target = targetOf(door);
    const requests = [
      ...inputAttacks(target),
      ...carriageAttacks(target),
      ...unusual(target),
      ...mutations(target),
    ];
    expect(await differences(requests, fast.base, official.base)).toEqual([]);
  });

  test("takes the fast lane when the call is plain", async () => {
    const { door, fast } = await openLanes();
    await exchange(fast.base, requestBytes(goodRequest(targetOf(door))));
    expect(fast.taken()).toBe(1);
  });
});

test("calls that are turned away for their number or an outage are told the same time to come again", async () => {
  const { door, fast, official } = await openLanes({ claimsPerSecond: 1 });
  const target: Target = {
    name: "coupon.claim",
    procedure: procedures["coupon.claim"] as Target["procedure"],
    cookie: door.cookieOf("kim"),
    targets: { eventId: 1, couponId: 7 },
  };
  const claim = requestBytes(goodRequest(target));
  await exchange(fast.base, claim);
  const [one, other] = [await exchange(fast.base, claim), await exchange(official.base, claim)];
  expect(seen(one.answers[0])).toMatch(/^429 .*"retry-after",\["1"\]/);
  expect(seen(one.answers[0])).toBe(seen(other.answers[0]));
});

/** Forms of a valid call that only one of two readers might understand. */
function unusual(target: Target): Request[] {
  const good = goodRequest(target);
  const headers = good.headers ?? [];
  const at = (suffix: string): Request => ({
    title: `with ${suffix}`,
    request: { ...good, target: `${good.target}${suffix}` },
  });
  const input = JSON.stringify(target.procedure.good(target.targets) ?? {});
  const more = (title: string, added: Partial<RequestParts>): Request => ({
    title,
    request: { ...good, ...added },
  });
  const kind: Request[] =
    target.procedure.kind === "mutation"
      ? [
          more("a byte order mark", { body: `\ufeff${input}` }),
          more("two byte order marks", { body: `\ufeff\ufeff${input}` }),
          more("three byte order marks", { body: `\ufeff\ufeff\ufeff${input}` }),
          more("a body that is no UTF-8", { body: Buffer.from(`{"eventId":1,"x":"\xff\xc0"}`, "latin1") }),
          more("spaces around the input", { body: ` \n${input}\t ` }),
          more("an empty body", { body: "" }),
          { title: "no body at all", request: { method: "POST", target: good.target, headers } },
          more("a body in chunks", {
            body: chunked([input.slice(0, 3), input.slice(3)]),
            length: false,
            headers: [...headers, ["Transfer-Encoding", "chunked"]],
          }),
          more("a type in capitals with a parameter", {
            headers: [headers[0] ?? JSON_TYPE, ["Content-Type", "APPLICATION/JSON ; charset=utf-8"]],
          }),
          more("16 KiB of spaces", { body: " ".repeat(16 * 1024) }),
          more("a byte more than 16 KiB", { body: " ".repeat(16 * 1024 + 1) }),
        ]
      : [
          more("a type", { headers: [...headers, JSON_TYPE] }),
          more("a body", { headers: [...headers, JSON_TYPE], body: "{}" }),
          at(good.target.includes("?") ? "&input=1" : "?input="),
          at(good.target.includes("?") ? "%" : "?input=%7b%7d"),
          at(good.target.includes("?") ? "+%20" : "?input=+{}"),
          at(good.target.includes("?") ? "%ff" : "?input"),
        ];
  return [
    { title: "good", request: good },
    ...kind,
    ...["?", "#", "?x=1", "&batch=1", "?batch=1", "?connectionParams=1", "&connectionParams={}"].map(at),
    more("asking for lines", { headers: [...headers, ["Accept", "application/jsonl"]] }),
    more("asking for lines or JSON", { headers: [...headers, ["Accept", "text/html, application/jsonl"]] }),
  ];
}

function mutations(target: Target): Request[] {
  const random = createRandom(6);
  const good = target.procedure.good(target.targets) ?? {};
  return Array.from({ length: MUTATIONS_PER_PROCEDURE }, () => {
    const json = writeJson(mutateJson(random, good));
    const text = random.chance(0.5) ? json : mutateText(random, json, '{}[]":,0e-\\un');
    return { title: `input ${text.slice(0, 100)}`, request: carrying(target, text) };
  });
}

async function differences(requests: readonly Request[], one: string, other: string): Promise<string[]> {
  const left = [...requests];
  const found: string[] = [];
  const compare = async () => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const bytes = requestBytes(next.request);
      const [a, b] = await Promise.all([exchange(one, bytes), exchange(other, bytes)]);
      if (a.answers.length !== b.answers.length || seen(a.answers[0]) !== seen(b.answers[0]))
        found.push(`${next.title}: ${seen(a.answers[0])} instead of ${seen(b.answers[0])}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, compare));
  return found;
}

type Seen = Awaited<ReturnType<typeof exchange>>["answers"][number] | undefined;

function seen(answer: Seen): string {
  if (answer === undefined) return "nothing";
  const headers = SEEN.map((name) => [name, answer.headers.get(name)]);
  return `${answer.status} ${JSON.stringify(headers)} ${answer.body}`;
}

type Lane = { base: string; taken: () => number };

/** The same API behind each lane, on a server of its own. */
async function openLanes(
  options: { claimsPerSecond?: number } = {},
): Promise<{ door: TestDoor; fast: Lane; official: Lane }> {
  const door = await openTestDoor(options);
  onTestFinished(() => door[Symbol.asyncDispose]());
  const takenByFastLane = fastLane(door.api);
  const otherwise = officialLane(door.api);
  return {
    door,
    fast: await openLane(takenByFastLane, otherwise),
    official: await openLane(() => false, otherwise),
  };
}

async function openLane(
  lane: (request: ApiRequest) => boolean,
  otherwise: (request: ApiRequest) => Promise<void>,
): Promise<Lane> {
  let taken = 0;
  const server = createServer({ maxHeaderSize: 16 * 1024 }, (req, res) => {
    const path = requestPath(req.url);
    if (path === null || !path.startsWith("/api/trpc/") || !["GET", "POST"].includes(req.method ?? ""))
      return void res.writeHead(400).end();
    const request = { req, res, path, requestId: "the-same-request" };
    if (lane(request)) taken += 1;
    else void otherwise(request);
  });
  const listener = await listen(server, { port: 0, host: "127.0.0.1" });
  onTestFinished(() => listener.close(0).then(() => {}));
  return { base: `http://127.0.0.1:${listener.port}`, taken: () => taken };
}
