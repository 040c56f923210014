/** What a handler may do with an answer that nobody but this process gets. */
import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { expect, test } from "vitest";
import { captureAnswer } from "./captured-answer.ts";

const request = { path: "/a?b", headers: { host: "x" } };
const LONG_MS = 60_000;

test("the body comes whole and alone, however it was written: at once, in pieces, or as a stream", async () => {
  const body = "한".repeat(100_000);
  const half = body.length / 2;
  const whole = await captureAnswer(async (_req, res) => void res.end(body), request, LONG_MS);
  const inPieces = await captureAnswer(
    async (_req, res) => {
      res.writeHead(404, { "X-Other": "1" });
      res.write(body.slice(0, half));
      await once(res.end(body.slice(half)), "finish");
    },
    request,
    LONG_MS,
  );
  const streamed = await captureAnswer(
    async (_req, res) => pipeline(Readable.from([body.slice(0, half), body.slice(half)]), res),
    request,
    LONG_MS,
  );
  expect([whole.status, inPieces.status, streamed.status]).toEqual([200, 404, 200]);
  for (const answer of [whole, inPieces, streamed]) expect(answer.body.toString()).toBe(body);
});

test("the handler sees a GET with these headers and an empty body", async () => {
  const { body } = await captureAnswer(
    async (req, res) => {
      let bytes = 0;
      for await (const chunk of req) bytes += chunk.length;
      res.end(JSON.stringify([req.method, req.url, req.headers, bytes]));
    },
    request,
    LONG_MS,
  );
  expect(JSON.parse(body.toString())).toEqual(["GET", "/a?b", { host: "x" }, 0]);
});

test("a handler that fails half-way, leaves, or never ends is an error and learns that nobody listens", async () => {
  const closed: string[] = [];
  const asked = (name: string, act: (end: { destroy: () => void }) => Promise<void>, deadlineMs = LONG_MS) =>
    captureAnswer(
      (_req, res) => {
        res.once("close", () => closed.push(name));
        res.write("half");
        return act(res);
      },
      request,
      deadlineMs,
    );
  await expect(asked("fails", () => Promise.reject(new Error("why")))).rejects.toThrow("why");
  await expect(asked("leaves", async (res) => res.destroy())).rejects.toThrow("has no end");
  await expect(asked("never ends", () => new Promise(() => undefined), 1)).rejects.toThrow("in time");
  await expect.poll(() => closed.sort()).toEqual(["fails", "leaves", "never ends"]);
});
