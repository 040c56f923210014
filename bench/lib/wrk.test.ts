import { expect, test } from "vitest";
import { parseReport } from "./wrk.ts";

const REPORT = `{"requests":100,"microseconds":2000000,"socketErrors":1,"p50Us":1500,"p99Us":20000,"answers":{"won":2,
"repeated":1,"sold_out":90,"pending":3,"unavailable":0,"echoed":0,"failed":4},"ranks":[2,1]}`;

test("the report of wrk.lua is read in seconds and milliseconds", () => {
  expect(parseReport(REPORT)).toEqual({
    requests: 100,
    seconds: 2,
    answers: {
      won: 2,
      repeated: 1,
      sold_out: 90,
      pending: 3,
      unavailable: 0,
      echoed: 0,
      failed: 4,
      socketErrors: 1,
    },
    p50Ms: 1.5,
    p99Ms: 20,
    ranks: [2, 1],
  });
});

test("a report that lacks something is refused, not taken for zeros", () => {
  expect(() => parseReport(REPORT.replace('"ranks":[2,1]', '"other":[]'))).toThrow();
});
