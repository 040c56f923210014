/** The kinds of requests are told apart by their bytes. */
import { expect, test } from "vitest";
import { claimScript, commitOfCoupons, confirmScript, offsetCommit, produceOfClaims } from "./requests.ts";

const resp = (...words: string[]) =>
  Buffer.from(`*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`);
const script = (...args: string[]) => resp("evalsha", "f00", "4", "k1", "k2", "k3", "k4", ...args);
/** COM_QUERY, with the two bytes of a client that can send attributes. */
const query = (text: string) => Buffer.from(`\0\0\0\0\x03\x00\x01${text}`, "latin1");
const kafka = (apiKey: number, body = "") => Buffer.from(`\0\0\0\0\0${String.fromCharCode(apiKey)}${body}`);

test("claims and confirmations are told apart by their arguments", () => {
  const requests = [
    script(),
    script("100"),
    script("kim-1", "lee-2"),
    script("kim-1", "7", "lee-2", "8"),
    resp("get", "x"),
  ];
  expect(requests.map(claimScript.watch())).toEqual([false, false, true, false, false]);
  expect(requests.map(confirmScript.watch())).toEqual([false, false, false, true, false]);
});

test("a COMMIT counts when its transaction has inserted coupons", () => {
  const isCommit = commitOfCoupons.watch();
  const insert = "\n  insert into `coupon`\n  (`id`) values (default)";
  const statements = ["begin", "commit", "begin", insert, "commit", "begin", insert, "rollback", "commit"];
  expect(statements.map((text) => isCommit(query(text))).flatMap((is, index) => (is ? [index] : []))).toEqual(
    [4],
  );
});

test("a send of claims is no send of markers, and a commit of offsets is neither", () => {
  const requests = [kafka(0, '{"couponEventId":1}'), kafka(0, '{"marker":"epoch"}'), kafka(8), kafka(1)];
  expect(requests.map(produceOfClaims.watch())).toEqual([true, false, false, false]);
  expect(requests.map(offsetCommit.watch())).toEqual([false, false, true, false]);
});
