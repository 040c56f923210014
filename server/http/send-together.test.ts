import { createServer } from "node:http";
import { afterEach, expect, test } from "vitest";
import { type Listener, listen } from "#server/listen";
import { sendTogether } from "./send-together.ts";

let listener: Listener;
afterEach(() => listener.close(0));

test("answers of one turn are all sent, each whole and to its own request, and an answer whose reader has left stops no other", async () => {
  const waiting: { path: string; send: () => void; leave: () => void }[] = [];
  const server = createServer((req, res) => {
    const path = req.url ?? "";
    const send = () => {
      res.writeHead(200, ["Content-Length", String(path.length)]);
      sendTogether(res, path);
    };
    waiting.push({ path, send, leave: () => req.socket.destroy() });
    if (waiting.length < 3) return;
    for (const each of waiting) each.send();
    waiting.find(({ path: one }) => one === "/leaves")?.leave();
  });
  listener = await listen(server, { port: 0, host: "127.0.0.1" });
  const ask = async (path: string) => (await fetch(`http://127.0.0.1:${listener.port}${path}`)).text();
  const answers = await Promise.allSettled([ask("/one"), ask("/leaves"), ask("/three")]);
  expect(answers.map((answer) => (answer.status === "fulfilled" ? answer.value : "no answer"))).toEqual([
    "/one",
    "no answer",
    "/three",
  ]);
});
