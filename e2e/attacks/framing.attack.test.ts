/** Bytes that two servers could read differently, or that are no request: refused, in our words, and the connection ends. */
import { beforeAll, expect, test } from "vitest";
import { until } from "../system/until.ts";
import { testWorld } from "../system/world.ts";
import { header } from "./answers.ts";
import { JSON_TYPE } from "./attack.ts";
import { type Books, books } from "./books.ts";
import { framingAttacks } from "./framing-attacks.ts";
import { signIn } from "./sign-in.ts";
import { problemsOf } from "./verdict.ts";
import { exchange, open, requestBytes } from "./wire.ts";

const world = testWorld({ webs: 1 });
const base = () => world().bases[0] ?? "";
let claim: string;
let before: Books;

beforeAll(async () => {
  const event = await world().createEvent({ limit: 100 });
  await world().gateIsOpen(event.id);
  claim = requestBytes({
    method: "POST",
    target: "/api/trpc/coupon.claim",
    headers: [["Cookie", await signIn(base(), "the-smuggler")], JSON_TYPE],
    body: JSON.stringify({ eventId: event.id }),
  }).toString("latin1");
  before = await books(world());
});

test("each is refused with its status and our headers, and no second request is read behind it", async () => {
  const problems: string[] = [];
  for (const { title, bytes, status } of framingAttacks(claim)) {
    const { answers, text } = await exchange(base(), bytes, { answers: 2, patienceMs: 3_000 }).catch(
      (error) => {
        problems.push(`${title}: ${error.message}`);
        return { answers: [], text: "" };
      },
    );
    const [answer] = answers;
    if (answer?.status !== status) problems.push(`${title}: is ${answer?.status} instead of ${status}`);
    if (answers.length > 1) problems.push(`${title}: has ${answers.length} answers`);
    if (answer) problems.push(...problemsOf(answer, text).map((problem) => `${title}: ${problem}`));
  }
  expect(problems).toEqual([]);
});

test("nothing of it is written", async () => {
  expect(await books(world())).toEqual(before);
});

test("rubbish behind a claim does not take the claim's answer away", async () => {
  const { answers } = await exchange(base(), `${claim}\u0000\u0000rubbish\r\n\r\n`, { answers: 2 });
  expect(answers).toHaveLength(1);
  expect(answers[0]?.body).toMatch(/"status":"(won|pending)"/);
});

test("requests that arrive together are answered one by one, in their order", async () => {
  const ids = Array.from({ length: 30 }, (_, index) => index + 1);
  const bytes = ids.map((id) => requestBytes({ target: `/api/trpc/pipelined-${id}` }));
  const { answers } = await exchange(base(), Buffer.concat(bytes), { answers: ids.length });
  expect(answers.map(({ body }) => JSON.parse(body).error.data.path)).toEqual(
    ids.map((id) => `pipelined-${id}`),
  );
});

test("a sender of headers, or of a body, that is too slow is told so and cut off, and others are served meanwhile", async () => {
  const slow = [
    "GET /healthz HTTP/1.1\r\nHost: x\r\nX: ",
    "POST /api/trpc/session.signOut HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n",
    "POST /api/trpc/session.signOut HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{",
    "",
  ].map((bytes) => {
    const connection = open(base());
    connection.socket.write(bytes);
    return connection;
  });
  const drip = setInterval(() => {
    for (const { socket } of slow.slice(0, 2)) if (socket.writable) socket.write(" ");
  }, 500);
  try {
    await until("the slow ones to be cut off", async () => slow.every(({ closed }) => closed()), {
      everyMs: 100,
    });
    const { answers } = await exchange(base(), requestBytes({ target: "/healthz" }));
    expect(answers).toMatchObject([{ status: 200 }]);
  } finally {
    clearInterval(drip);
    for (const { socket } of slow) socket.destroy();
  }
  for (const { text } of slow)
    expect(text()).toMatch(/^HTTP\/1\.1 408 [\s\S]*X-Content-Type-Options: nosniff/);
});

test("a HEAD has the headers of a GET and no body; a wrong method is told the right ones", async () => {
  const head = await exchange(base(), requestBytes({ method: "HEAD", target: "/healthz" }));
  expect(head.answers).toMatchObject([{ status: 200, body: "" }]);
  const { answers } = await exchange(base(), requestBytes({ method: "DELETE", target: "/" }));
  expect(answers[0] && header(answers[0], "allow")).toBe("GET, HEAD");
});
