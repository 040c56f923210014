/** The browser's idea of the server's time. */
import { expect, test } from "vitest";
import { serverClock } from "./server-clock.ts";

/** A monotonic clock that a test moves by hand, and round trips to a server that is 1,000,000 ms ahead of it. */
function bench() {
  let at = 1_000;
  const serverAhead = 1_000_000;
  const clock = serverClock(() => at);
  return {
    clock,
    pass: (ms: number) => {
      at += ms;
    },
    serverNow: () => at + serverAhead,
    /** The way there and back may take different times; the server reads its clock in between. */
    roundTrip(there: number, back: number, serverSlept = 0) {
      const sentAt = at;
      const serverTime = sentAt + there + serverAhead + serverSlept;
      at += there + back;
      clock.add({ sentAt, receivedAt: at, serverTime });
    },
  };
}

test("the time is unknown before the first round trip", () => {
  expect(bench().clock.now()).toBeNull();
});

test("the shortest round trip decides, whatever comes after it", () => {
  const { clock, roundTrip, pass, serverNow } = bench();
  roundTrip(10, 10);
  roundTrip(900, 20);
  pass(1_000);
  expect(clock.now()).toBeCloseTo(serverNow(), 6);
});

test.each([
  { first: "ahead", there: 800, back: 0, wrongBy: 400 },
  { first: "behind", there: 0, back: 800, wrongBy: -400 },
])(
  "a better round trip corrects a time that was $first by slowing down or hurrying, without a jump",
  (given) => {
    const { clock, roundTrip, pass, serverNow } = bench();
    roundTrip(given.there, given.back);
    expect((clock.now() ?? 0) - serverNow()).toBeCloseTo(given.wrongBy, 6);
    roundTrip(5, 5);
    let before = clock.now() ?? 0;
    for (let frame = 0; frame < 300; frame++) {
      pass(16);
      const time = clock.now() ?? 0;
      expect(time - before).toBeGreaterThan(16 * 0.74);
      expect(time - before).toBeLessThan(16 * 1.26);
      before = time;
    }
    expect(clock.now()).toBeCloseTo(serverNow(), 6);
  },
);

test("after a sleep that stopped the monotonic clock, one round trip brings the right time back", () => {
  const { clock, roundTrip, serverNow } = bench();
  roundTrip(5, 5);
  clock.now();
  const slept = 60_000;
  roundTrip(40, 40, slept);
  expect(clock.now()).toBeCloseTo(serverNow() + slept, 6);
});
