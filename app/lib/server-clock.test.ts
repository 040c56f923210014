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

test("a better round trip corrects the time without a jump and without going back", () => {
  const { clock, roundTrip, pass, serverNow } = bench();
  roundTrip(800, 0);
  let before = clock.now() ?? 0;
  expect(before - serverNow()).toBeCloseTo(400, 6);
  roundTrip(5, 5);
  for (let frame = 0; frame < 300; frame++) {
    pass(16);
    const time = clock.now() ?? 0;
    expect(time - before).toBeGreaterThanOrEqual(0);
    expect(time - before).toBeLessThanOrEqual(16 * 1.25 + 10 * 1.25);
    before = time;
  }
  expect(clock.now()).toBeCloseTo(serverNow(), 6);
});

test("after a sleep that stopped the monotonic clock, one round trip brings the right time back", () => {
  const { clock, roundTrip, serverNow } = bench();
  roundTrip(5, 5);
  clock.now();
  const slept = 60_000;
  roundTrip(40, 40, slept);
  expect(clock.now()).toBeCloseTo(serverNow() + slept, 6);
});
