/** The proxy in front of a small service that answers in the way of Redis: each line with `+<line>`. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { until } from "../until.ts";
import { openProxy, type RequestKind, type ServiceProxy } from "./proxy.ts";
import { wires } from "./wire.ts";

let service: Server;
let proxy: ServiceProxy;
let asked: string[];
const clients: Socket[] = [];

beforeEach(async () => {
  asked = [];
  service = await answering((line) => `+${line}`);
  proxy = await openProxy(wires.redis);
  proxy.retarget(portOf(service));
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await proxy.close();
  service.close();
});

async function answering(answer: (line: string) => string): Promise<Server> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      for (const line of bytes.toString().split("\r\n").filter(Boolean)) {
        asked.push(line);
        socket.write(`${answer(line)}\r\n`);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** @returns a client with what it has received so far, and whether it was cut off */
async function client() {
  const socket = connect({ port: proxy.port, host: "127.0.0.1" });
  clients.push(socket);
  const state = { received: "", closed: false };
  socket.on("data", (bytes) => {
    state.received += bytes.toString();
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    state.closed = true;
  });
  return {
    say: (line: string) => socket.write(`:${line}\r\n`),
    hears: (text: string) => until(`to hear ${text}`, async () => state.received === text, { everyMs: 5 }),
    isCutOff: () => until("to be cut off", async () => state.closed, { everyMs: 5 }),
    state,
  };
}

const kind = (word: string): RequestKind => ({
  name: word,
  watch: () => (request) => request.includes(word),
});

test("a proxy passes everything on in both directions", async () => {
  const { say, hears } = await client();
  say("1");
  say("2");
  await hears("+:1\r\n+:2\r\n");
});

test("a held reply was answered by the service, and nothing behind it overtakes it", async () => {
  const { say, hears } = await client();
  const reply = proxy.holdReplyTo(kind("b"));
  for (const word of ["a", "b", "c"]) say(word);
  await reply.caught();
  await until("c to be asked", async () => asked.includes(":c"));
  await hears("+:a\r\n");
  reply.release();
  await hears("+:a\r\n+:b\r\n+:c\r\n");
});

test("a swallowed reply never arrives, and what is behind it does", async () => {
  const { say, hears } = await client();
  const reply = proxy.holdReplyTo(kind("b"));
  for (const word of ["a", "b", "c"]) say(word);
  await reply.caught();
  reply.swallow();
  await hears("+:a\r\n+:c\r\n");
});

test("a held request reaches the service only when it is released", async () => {
  const { say, hears } = await client();
  const request = proxy.holdRequest(kind("b"));
  for (const word of ["a", "b"]) say(word);
  await request.caught();
  await hears("+:a\r\n");
  expect(asked).toEqual([":a"]);
  request.release();
  await hears("+:a\r\n+:b\r\n");
});

test("only the next message of a kind is held, on whichever connection it comes", async () => {
  const [first, second] = [await client(), await client()];
  const reply = proxy.holdReplyTo(kind("b"));
  first.say("b");
  await reply.caught();
  second.say("b");
  await second.hears("+:b\r\n");
  expect(first.state.received).toBe("");
});

test("a cut breaks a held connection alone, or all of them and every new one until it heals", async () => {
  const [first, second] = [await client(), await client()];
  const reply = proxy.holdReplyTo(kind("b"));
  first.say("b");
  await reply.caught();
  reply.cut();
  await first.isCutOff();
  second.say("c");
  await second.hears("+:c\r\n");
  proxy.cut();
  await second.isCutOff();
  await (await client()).isCutOff();
  proxy.heal();
  const third = await client();
  third.say("d");
  await third.hears("+:d\r\n");
});

test("replies that are held back arrive after healing, in their order", async () => {
  const { say, hears, state } = await client();
  proxy.holdReplies();
  for (const word of ["a", "b"]) say(word);
  await until("both to be asked", async () => asked.length === 2);
  expect(state.received).toBe("");
  proxy.heal();
  await hears("+:a\r\n+:b\r\n");
});

test("delayed replies keep their order, also when the delay ends", async () => {
  const { say, hears } = await client();
  proxy.delayReplies(50);
  say("a");
  await until("a to be asked", async () => asked.length === 1, { everyMs: 1 });
  proxy.heal();
  say("b");
  await hears("+:a\r\n+:b\r\n");
});

test("a proxy with a new target cuts what is connected and leads new connections there", async () => {
  const other = await answering((line) => `-${line}`);
  const before = await client();
  before.say("a");
  await before.hears("+:a\r\n");
  proxy.retarget(portOf(other));
  await before.isCutOff();
  const after = await client();
  after.say("b");
  await after.hears("-:b\r\n");
  clients.forEach((socket) => void socket.destroy());
  other.close();
});
