/** `npm run screens`: pictures of every page and state, into .screens/, with a sheet that shows them all. */
import base from "../../playwright.config.ts";

export default {
  ...base,
  testDir: ".",
  testMatch: "screens.ts",
  globalSetup: "./set-up.ts",
  globalTeardown: "./sheet.ts",
  reporter: "line",
  projects: [{ name: "screens" }],
  use: { ...base.use, trace: "off" as const },
};
