/** The test of a state: with the stage that all states of a worker of the test runner share. */
import { test as base } from "../fixtures.ts";
import { createStage, type Stage } from "./stage.ts";

export { expect } from "../fixtures.ts";

export const test = base.extend<object, { stage: Stage }>({
  stage: [
    async ({ browser }, use) => {
      const { BASE_URL: baseURL } = process.env;
      await use(createStage(() => browser.newPage(baseURL === undefined ? {} : { baseURL })));
    },
    { scope: "worker" },
  ],
});
