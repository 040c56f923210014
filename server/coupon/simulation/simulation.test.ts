/** The protocol as it is, in a few hundred histories; `npm run test:simulate` takes ten thousand. */
import { expect, it } from "vitest";
import { runHistory } from "./history.ts";

const HISTORIES = 300;
const TIMEOUT_MS = 60_000;

it(
  `keeps every promise in ${HISTORIES} histories`,
  async () => {
    for (let seed = 0; seed < HISTORIES; seed += 1) {
      const { broken, theme } = await runHistory(seed);
      expect(broken, `npm run test:simulate -- --seed ${seed} (${theme})`).toBeNull();
    }
  },
  TIMEOUT_MS,
);

it.each([1, 2, 3, 4, 5, 6])("tells the history of seed %i the same way every time", async (seed) => {
  const [first, second] = [
    await runHistory(seed, { withTrace: true }),
    await runHistory(seed, { withTrace: true }),
  ];
  expect(first.lines.length).toBeGreaterThan(100);
  expect(second).toEqual(first);
});
