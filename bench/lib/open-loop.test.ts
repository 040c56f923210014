import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { completeAnswer, openLoop } from "./open-loop.ts";

async function target(answer: RequestListener) {
  const dir = mkdtempSync(join(tmpdir(), "sunchak-bench-"));
  const file = join(dir, "cookies");
  writeFileSync(file, "a=1\na=2\na=3\na=4\n");
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(dir, { recursive: true });
  });
  return { port: (server.address() as AddressInfo).port, file };
}

test("each claim is another user's, and answers are counted by what they say", async () => {
  const cookies: (string | undefined)[] = [];
  const { port, file } = await target((req, res) => {
    cookies.push(req.headers.cookie);
    res.end(JSON.stringify({ result: { data: { status: "won", rank: cookies.length, repeat: false } } }));
  });
  const load = await openLoop({
    ...{ port, rate: null, claims: 3, connections: 1, eventId: 7, patienceMs: 5_000 },
    users: { file, first: 1 },
  });
  expect(cookies).toEqual(["a=2", "a=3", "a=4"]);
  expect(load).toMatchObject({ requests: 3, ranks: [1, 2, 3], answers: { won: 3, socketErrors: 0 } });
});

test("a claim that waits for a connection is late from the moment at which it was due", async () => {
  const DELAY_MS = 40;
  const { port, file } = await target((_, res) => void setTimeout(() => res.end("{}"), DELAY_MS));
  const load = await openLoop({
    ...{ port, rate: null, claims: 4, connections: 1, eventId: 7, patienceMs: 5_000 },
    users: { file, first: 0 },
  });
  // The last of four in a row; a generator that waited for answers would have seen one delay each.
  expect(load.p99Ms).toBeGreaterThan(3.5 * DELAY_MS);
});

test("claims that are never answered are not forgotten", async () => {
  const { port, file } = await target((req) => void req.socket.destroy());
  const load = await openLoop({
    ...{ port, rate: null, claims: 2, connections: 2, eventId: 7, patienceMs: 5_000 },
    users: { file, first: 0 },
  });
  expect(load).toMatchObject({ requests: 0, answers: { socketErrors: 2 } });
});

test("an answer is complete with its last byte, by length or by chunks", () => {
  const head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
  expect(completeAnswer(`${head}{`)).toBeNull();
  expect(completeAnswer(`${head}{}`)).toEqual({ status: 200, body: "{}" });
  const chunked = "HTTP/1.1 429 Busy\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n";
  expect(completeAnswer(chunked)).toBeNull();
  expect(completeAnswer(`${chunked}0\r\n\r\n`)).toMatchObject({ status: 429 });
});
