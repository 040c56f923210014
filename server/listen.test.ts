/** A stop that nobody notices: in-flight requests are answered, and nothing stays open. */
import { Agent, createServer, get } from "node:http";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { listen } from "./listen.ts";

/** A server that answers when it is told to. */
async function slowServer() {
  const waiting: (() => void)[] = [];
  const server = createServer((_req, res) => void waiting.push(() => res.end("answered")));
  const { port, close } = await listen(server, { port: 0, host: "127.0.0.1" });
  return { close, waiting, url: `http://127.0.0.1:${port}/`, port };
}

test("requests in flight are answered on stop, and their kept connections do not hold it up", async () => {
  const { close, waiting, url } = await slowServer();
  const response = fetch(url);
  await expect.poll(() => waiting.length).toBe(1);
  const closed = close(10_000);
  waiting[0]?.();
  expect(await (await response).text()).toBe("answered");
  expect(await closed).toBe(true);
});

test("nobody new is let in during a stop", async () => {
  const { close, waiting, url } = await slowServer();
  const response = fetch(url);
  await expect.poll(() => waiting.length).toBe(1);
  const closed = close(10_000);
  await expect(fetch(url)).rejects.toThrow();
  waiting[0]?.();
  await response;
  await closed;
});

test("a client that keeps its connection is told to leave, not cut off", async () => {
  const { close, waiting, port } = await slowServer();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = () =>
    new Promise<string | undefined>((resolve, reject) => {
      const outgoing = get({ port, host: "127.0.0.1", agent }, (res) => {
        res.resume().once("end", () => resolve(res.headers.connection));
      });
      outgoing.once("error", reject);
    });
  const first = ask();
  await expect.poll(() => waiting.length).toBe(1);
  waiting[0]?.();
  expect(await first).toBe("keep-alive");
  const closed = close(10_000);
  const second = ask();
  await expect.poll(() => waiting.length).toBe(2);
  waiting[1]?.();
  expect(await second).toBe("close");
  expect(await closed).toBe(true);
  agent.destroy();
});

test("a request that came while the stopping process had no CPU is answered, not cut off", async () => {
  const { close, waiting, port } = await slowServer();
  const socket = connect(port, "127.0.0.1");
  const answered = new Promise<string>((resolve, reject) => {
    let text = "";
    socket.on("data", (chunk) => (text += chunk)).on("end", () => resolve(text));
    socket.on("error", reject);
  });
  await new Promise((resolve) => socket.once("connect", resolve));
  const closed = close(10_000);
  // Written at once, by the kernel; nothing is read before the loop goes on.
  socket.write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  const blockedUntil = performance.now() + 500;
  while (performance.now() < blockedUntil);
  await expect.poll(() => waiting.length).toBe(1);
  waiting[0]?.();
  expect(await answered).toContain("answered");
  expect(await closed).toBe(true);
});

test("a connection that never asked anything does not hold up a stop", async () => {
  const { close, port } = await slowServer();
  const socket = connect(port, "127.0.0.1");
  await expect.poll(() => socket.readyState).toBe("open");
  const ended = new Promise((resolve) => socket.once("close", resolve));
  expect(await close(10_000)).toBe(true);
  socket.destroy();
  await ended;
});

test("a request that never ends is cut at the deadline, and the stop says so", async () => {
  const { close, waiting, url } = await slowServer();
  const response = fetch(url);
  const failed = expect(response).rejects.toThrow();
  await expect.poll(() => waiting.length).toBe(1);
  expect(await close(50)).toBe(false);
  await failed;
});

test("an address that cannot be had is an error with a sentence that names the setting", async () => {
  const { close, port } = await slowServer();
  const failure = (host: string) =>
    listen(createServer(), { port, host, setting: "WORKER_PORT" }).catch((error: unknown) => error);
  expect(await failure("127.0.0.1")).toMatchObject({
    name: "CannotListenError",
    message: `WORKER_PORT is taken: something else listens on 127.0.0.1, port ${port}`,
  });
  for (const host of ["192.0.2.1", "no-such-host.invalid", "300.1.1.1"])
    expect(await failure(host)).toMatchObject({
      message: expect.stringMatching(/^HOST must be an address of this/),
    });
  await close(0);
});
