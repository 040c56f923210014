/** Answers that no handler of ours is asked for: they are ours all the same. */
import { expect, test } from "vitest";
import { exchange } from "../../e2e/attacks/wire.ts";
import { openTestDoor } from "./testing.ts";

const unreadable: [string, string, number][] = [
  ["rubbish", "\u0000\u0001\r\n\r\n", 400],
  ["headers of 17 KiB", `GET / HTTP/1.1\r\nHost: x\r\nX: ${"a".repeat(17 * 1024)}\r\n\r\n`, 431],
  ["a tunnel", "CONNECT inside:3306 HTTP/1.1\r\nHost: inside:3306\r\n\r\n", 405],
  ["an unknown expectation", "GET / HTTP/1.1\r\nHost: x\r\nExpect: cake\r\n\r\n", 417],
  ["a second request behind a doubtful one", `${doubtful()}GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n`, 400],
];

test.each(unreadable)(
  "%s is answered once, with our headers, and the connection ends",
  async (_title, bytes, status) => {
    await using door = await openTestDoor();
    const { answers, closed } = await exchange(door.origin, bytes, { answers: 2 });
    expect(answers.map((answer) => answer.status)).toEqual([status]);
    expect(closed).toBe(true);
    const { headers } = answers[0] as (typeof answers)[number];
    expect(headers.get("x-content-type-options")).toEqual(["nosniff"]);
    expect(headers.get("content-security-policy")?.[0]).toContain("default-src 'none'");
    expect(headers.get("x-request-id")).toHaveLength(1);
    expect(headers.has("strict-transport-security")).toBe(false);
  },
);

/** Chunked, inside another coding: some readers take the chunks for the body, and some take everything. */
function doubtful(): string {
  return "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n";
}
