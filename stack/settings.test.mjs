import { expect, test } from "vitest";
import { refuseWrongPorts } from "./settings.mjs";

test.each([["abc"], ["0"], ["65536"], ["99999"], ["-1"], ["3.5"], ["1e3"], ["0x10"], [" 80"]])(
  "PORT=%s is refused in one sentence that names it",
  (text) => {
    for (const variable of ["PORT", "WORKER_PORT", "METRICS_PORT"]) {
      expect(() => refuseWrongPorts({ [variable]: text })).toThrow(
        `${variable} is "${text}", and must be a whole number from 1 to 65535.`,
      );
    }
  },
);

test("one port for two listeners is refused before either starts", () => {
  expect(() => refuseWrongPorts({ PORT: "4000", METRICS_PORT: "4000" })).toThrow(
    "PORT and METRICS_PORT are both 4000",
  );
});

test("ports that can be had, empty ones and none at all pass", () => {
  expect(() => refuseWrongPorts({ PORT: "1", WORKER_PORT: "65535", METRICS_PORT: "" })).not.toThrow();
  expect(() => refuseWrongPorts({})).not.toThrow();
});
