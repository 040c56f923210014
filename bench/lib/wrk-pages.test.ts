import { expect, test } from "vitest";
import { parsePageReport } from "./wrk-pages.ts";

const REPORT =
  '{"requests":1000,"microseconds":2000000,"bytes":8000000,"refused":10,"socketErrors":2,"p99Us":15000}';

test("what was refused is no page, and counts as failed together with what did not come", () => {
  expect(parsePageReport(REPORT)).toEqual({
    pages: 990,
    seconds: 2,
    p99Ms: 15,
    bytesEach: 8_000,
    failed: 12,
  });
});

test("a report that lacks something is refused, not taken for zeros", () => {
  expect(() => parsePageReport(REPORT.replace('"refused":10,', ""))).toThrow();
});
