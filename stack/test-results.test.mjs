import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "./paths.mjs";
import { countOfPlaywright, countOfVitest } from "./test-results.mjs";

const passing = { fullName: "a promise holds", status: "passed", failureMessages: [] };

test("each failed test is told in a line with its reason", () => {
  const failing = {
    fullName: "the door a flood\nis stopped",
    status: "failed",
    failureMessages: ["AssertionError: expected 8 to be 7\n    at door.test.ts:1:1"],
  };
  const file = { name: join(ROOT, "door.test.ts"), status: "failed", message: "" };
  expect(
    countOfVitest({ numPassedTests: 1, testResults: [{ ...file, assertionResults: [passing, failing] }] }),
  ).toEqual({ passed: 1, failed: ["the door a flood is stopped: AssertionError: expected 8 to be 7"] });
});

test("a file that does not load or whose hooks fail is a failure, though no test of it failed", () => {
  const files = [
    {
      name: join(ROOT, "server/a.test.ts"),
      status: "failed",
      message: "Cannot find module",
      assertionResults: [],
    },
    {
      name: join(ROOT, "server/b.test.ts"),
      status: "failed",
      message: "",
      assertionResults: [{ ...passing, status: "skipped" }],
    },
  ];
  expect(countOfVitest({ numPassedTests: 0, testResults: files })).toEqual({
    passed: 0,
    failed: ["server/a.test.ts: Cannot find module", "server/b.test.ts: failed around its tests"],
  });
});

test("a failed browser test is told with its project, however deep it stands", () => {
  const red = String.fromCharCode(27);
  const spec = (/** @type {boolean} */ ok, /** @type {string} */ title) => ({
    title,
    ok,
    tests: [
      {
        projectName: "phone",
        results: [ok ? {} : { error: { message: `${red}[31mTimed out${red}[39m\nmore` } }],
      },
    ],
  });
  const suites = [{ specs: [spec(true, "fine")], suites: [{ specs: [spec(false, "a press wins")] }] }];
  expect(
    countOfPlaywright({ stats: { expected: 1, flaky: 0 }, suites, errors: [{ message: "no server" }] }),
  ).toEqual({
    passed: 1,
    failed: ["[phone] a press wins: Timed out", "around the tests: no server"],
  });
});
