import { expect, test } from "vitest";
import { insideShown } from "./inside.ts";

test.each([
  ["a stack", "Error: x\n    at claim (file:///srv/app/server/coupon/claim.ts:12:3)"],
  [
    "a stack of Node's own",
    "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)",
  ],
  ["an error's class", '{"message":"TypeError: undefined is not a function"}'],
  ["a driver's code", "connect ECONNREFUSED"],
  ["a parser's code", "HPE_INVALID_METHOD"],
  ["a statement", "Failed query: select `id`, `user_id` from `coupon` where"],
  ["a table", "Duplicate entry for key 'failed_event.origin'"],
  ["a key of Redis", "{event:42}:users"],
  ["a command of Redis", "NOSCRIPT No matching script"],
  ["the claim log", "coupon.request-2"],
  ["an address", "redis at 10.0.3.7:6379"],
  ["an address as a URL", "mysql://app@db/sunchak"],
  ["a path", "cannot open /home/app/.env"],
  ["a source file", "server/mysql/coupons.ts"],
  ["a library", "kafkajs: the broker is gone"],
  ["a product", "X-Powered-By: Next.js"],
  ["a secret", "key=a-key-of-the-environment"],
])("the inside is seen: %s", (_what, text) => {
  expect(insideShown(text, ["a-key-of-the-environment"])).not.toEqual([]);
});

test.each([
  '{"result":{"data":{"status":"won","rank":2,"issueLimit":1000,"claimedAt":"2026-11-21T09:52:40.769Z"}}}',
  '{"error":{"message":"eventId: Invalid input: expected number, received string","code":-32600}}',
  '{"error":{"message":"Something went wrong on our side. Please try again."}}',
  "default-src 'none'; frame-ancestors 'none'",
  "Please select a date from the list.",
  "X-Request-Id: 4f0c8c1e-9d3e-4c55-8d2a-0e6f5a6b7c8d",
])("an honest answer is not taken for the inside: %s", (text) => {
  expect(insideShown(text, ["a-key-of-the-environment", ""])).toEqual([]);
});
