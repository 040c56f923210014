/** Attacks by number: connections, bytes and calls that would make the process hold more than it can. */
import { expect, test } from "vitest";
import { residentBytes, smallHeap } from "../system/processes.ts";
import { until } from "../system/until.ts";
import { testWorld } from "../system/world.ts";
import { errorCode } from "./answers.ts";
import { JSON_TYPE } from "./attack.ts";
import { signIn } from "./sign-in.ts";
import { type Connection, exchange, open, requestBytes } from "./wire.ts";

const MIB = 1024 * 1024;
/** Some idle process's memory comes and goes by this much; ten times the bodies sent would be far beyond. */
const GROWTH_MAX = 150 * MIB;

/** A process that kept what eight rounds of greed bring would need several times as much. */
const { env, residentMaxBytes } = smallHeap(384);

/** For machines that are busy with the attack itself; a process that the attack holds up would not answer at all. */
const PATIENCE_MS = 10_000;

const world = testWorld({ webs: 1, env });
const base = () => world().bases[0] ?? "";
const pid = () => Number(world().webs[0]?.pid());

test("5,000 idle connections keep nobody from being answered, and are closed", async () => {
  const idle: Connection[] = [];
  const before = residentBytes(pid());
  try {
    for (let count = 0; count < 5_000; count += 1) {
      idle.push(open(base()));
      if (count % 250 === 0) await isAnswered();
    }
    await isAnswered();
    expect(residentBytes(pid()) - before).toBeLessThan(GROWTH_MAX);
    await until("the idle connections to be closed", async () => idle.every(({ closed }) => closed()), {
      everyMs: 200,
    });
  } finally {
    for (const { socket } of idle) socket.destroy();
  }
  await isAnswered();
});

test("300 bodies of 1 MiB, announced or in chunks without an end, are refused and not kept", async () => {
  const before = residentBytes(pid());
  const cookie = await signIn(base(), "the-flooder");
  const post = { method: "POST", target: "/api/trpc/coupon.claim" };
  const headers = [["Cookie", cookie], JSON_TYPE] as const;
  const endless = `100000\r\n${" ".repeat(MIB)}\r\n`;
  const bodies = [
    requestBytes({ ...post, headers, body: " ".repeat(MIB) }),
    requestBytes({
      ...post,
      headers: [...headers, ["Transfer-Encoding", "chunked"]],
      body: endless,
      length: false,
    }),
  ];
  const codes = new Set<string | undefined>();
  for (let round = 0; round < 15; round += 1) {
    const sent = Array.from({ length: 20 }, (_, at) => exchange(base(), bodies[at % 2] as Buffer));
    for (const { answers } of await Promise.all(sent)) codes.add(answers[0] && errorCode(answers[0]));
  }
  expect([...codes]).toEqual(["PAYLOAD_TOO_LARGE"]);
  expect(residentBytes(pid()) - before).toBeLessThan(GROWTH_MAX);
});

test("whoever sends 2,000 requests at once is cut off, and nothing of it is kept", async () => {
  const asked = Buffer.concat(Array(2_000).fill(requestBytes({ target: "/api/trpc/event.list" })));
  const greed = async () => {
    const greedy = Array.from({ length: 50 }, () => open(base()));
    for (const { socket } of greedy) socket.write(asked);
    await until("the greedy to be cut off", async () => greedy.every(({ closed }) => closed()));
    await isAnswered();
  };
  for (let round = 0; round < 8; round += 1) await greed();
  expect(residentBytes(pid())).toBeLessThan(residentMaxBytes);
});

test("the good calls of a batch are answered beside its bad ones", async () => {
  const event = await world().createEvent({ limit: 10 });
  const input = encodeURIComponent(
    JSON.stringify({ 0: { eventId: event.id }, 1: { eventId: "x" }, 3: null }),
  );
  const target = `/api/trpc/event.get,event.get,coupon.steal,session.me?batch=1&input=${input}`;
  const { answers } = await exchange(base(), requestBytes({ target }));
  expect(answers[0]?.status).toBe(207);
  expect(JSON.parse(answers[0]?.body ?? "")).toMatchObject([
    { result: { data: { id: event.id } } },
    { error: { data: { code: "BAD_REQUEST" } } },
    { error: { data: { code: "NOT_FOUND" } } },
    { result: { data: null } },
  ]);
});

test("a user named like a part of a prototype is a user like any other", async () => {
  const event = await world().createEvent({ limit: 10 });
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "__defineGetter__"];
  const users = await Promise.all(names.map((name) => world().client.signIn(name)));
  const answers = await Promise.all(users.map((user) => user.press(event.id)));
  const ranks = answers.map((answer) => (answer.status === "won" ? answer.rank : 0));
  expect(ranks.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6]);
  for (const [at, user] of users.entries()) {
    expect(await user.claimStatus(event.id)).toMatchObject({ status: "won", rank: ranks[at] });
    await until(`the coupon of ${user.userId}`, async () => {
      const [coupon] = await user.mine();
      return coupon?.state === "usable" && coupon.rank === ranks[at];
    });
  }
});

async function isAnswered(): Promise<void> {
  const asked = requestBytes({ target: "/healthz" });
  const { answers } = await exchange(base(), asked, { patienceMs: PATIENCE_MS });
  expect(answers).toMatchObject([{ status: 200 }]);
}
