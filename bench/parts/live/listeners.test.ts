import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { openListeners, viewCounter } from "./listeners.ts";

const VIEW = 'data: {"id":1,"remaining":7}\n\n\n';

async function streams(answer: RequestListener): Promise<number> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Each listener is told how things stand. */
async function oneViewEach(): Promise<{ port: number; open: ServerResponse[] }> {
  const open: ServerResponse[] = [];
  const port = await streams((_, res) => {
    res.write(VIEW);
    open.push(res);
  });
  return { port, open };
}

test("views are counted, and nothing else that a stream says", () => {
  const inText = viewCounter();
  expect(inText(`event: connected\ndata: {}\n\n\n${VIEW}event: ping\ndata: \n\n\n${VIEW}`)).toBe(2);
  expect(inText(VIEW)).toBe(1);
});

test("a view counts once, wherever it is cut", () => {
  for (let cut = 0; cut <= VIEW.length; cut += 1) {
    const inText = viewCounter();
    expect(inText(VIEW.slice(0, cut)) + inText(VIEW.slice(cut)) + inText("\n")).toBe(1);
  }
});

test("everybody has heard how things stand before anything is measured, and what they hear later is added up", async () => {
  const { port, open } = await oneViewEach();
  const listeners = await openListeners({ port, count: 3, patienceMs: 5_000 });
  expect(listeners.heard()).toBe(3);
  for (const res of open) res.write(VIEW);
  await vi.waitUntil(() => listeners.heard() === 6);
  listeners.close();
  expect(listeners.cutOff()).toBe(0);
});

test("a listener whose stream ends is not forgotten", async () => {
  const { port, open } = await oneViewEach();
  const listeners = await openListeners({ port, count: 2, patienceMs: 5_000 });
  open[0]?.destroy();
  await vi.waitUntil(() => listeners.cutOff() === 1);
  listeners.close();
});

test("a process that tells nobody anything is given up", async () => {
  const port = await streams((_, res) => void res.write("event: connected\ndata: {}\n\n\n"));
  await expect(openListeners({ port, count: 1, patienceMs: 100 })).rejects.toThrow("not all of them");
});
