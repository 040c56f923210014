/**
 * Six kinds of tests: the pure ones, those of one adapter on its real service, those of whole processes, those that
 * attack the front door by a table and by chance, and those that break whole processes and services under load.
 */
import { defineConfig } from "vitest/config";

const services = ["**/*.services.test.ts"];
const system = ["e2e/system/**/*.system.test.ts"];
const faults = ["e2e/faults/**/*.fault.test.ts"];
const attacks = ["e2e/attacks/**/*.attack.test.ts"];
const fuzz = ["e2e/fuzz/**/*.fuzz.test.ts"];
const never = ["node_modules/**", ".stack/**", "**/.next*/**"];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["**/*.test.{ts,tsx,mjs}"],
          exclude: [...never, ...services, ...system, ...faults, ...attacks, ...fuzz],
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
      {
        test: {
          name: "attacks",
          include: attacks,
          exclude: never,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
        },
      },
      {
        test: {
          name: "fuzz",
          include: fuzz,
          exclude: never,
          hookTimeout: 120_000,
          maxWorkers: 1,
        },
      },
      {
        test: {
          name: "faults",
          include: faults,
          exclude: never,
          testTimeout: 150_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
          tags: [
            {
              name: "dozen",
              description: "the dozen that every `npm test` runs: at most 6 minutes together",
            },
          ],
        },
      },
    ],
  },
});
