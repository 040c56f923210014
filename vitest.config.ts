/** Three kinds of tests: the pure ones, those of one adapter on its real service, and those of whole processes. */
import { defineConfig } from "vitest/config";

const services = ["**/*.services.test.ts"];
const system = ["e2e/system/**/*.system.test.ts"];
const never = ["node_modules/**", ".stack/**", ".next*/**"];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["**/*.test.{ts,tsx,mjs}"],
          exclude: [...never, ...services, ...system],
        },
      },
      {
        test: {
          name: "services",
          include: services,
          exclude: never,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Two cores: more real services at once only make each other late.
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "system",
          include: system,
          exclude: never,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
        },
      },
    ],
  },
});
