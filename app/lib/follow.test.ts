/** What a page may rely on when it listens to the server. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { follow } from "./follow.ts";

type Source = { readyState: number; close: () => void; onmessage: unknown; onerror: unknown };

const [CONNECTING, OPEN, CLOSED] = [0, 1, 2];
let sources: Source[];
let away: boolean;
let comeBack: () => void;
let goAway: () => void;
const hear = vi.fn<(message: string) => void>();
const lost = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  sources = [];
  away = false;
  hear.mockReset();
  lost.mockReset();
});
afterEach(() => void vi.useRealTimers());

function start(): () => void {
  return follow({
    attention: {
      away: () => away,
      onReturn(callback) {
        comeBack = callback;
        return () => {
          comeBack = () => {};
        };
      },
      onLeave(callback) {
        goAway = callback;
        return () => {
          goAway = () => {};
        };
      },
    },
    open() {
      const source: Source = {
        readyState: OPEN,
        close() {
          source.readyState = CLOSED;
        },
        onmessage: null,
        onerror: null,
      };
      sources.push(source);
      return source as never;
    },
    hear,
    lost,
    random: () => 0.5,
  });
}

const latest = () => sources.at(-1) as Source;
const says = (data: string) => (latest().onmessage as (message: { data: string }) => void)({ data });
function fails(readyState: number): void {
  latest().readyState = readyState;
  (latest().onerror as () => void)();
}

test("what the server says is heard", () => {
  start();
  says("one");
  says("two");
  expect(hear.mock.calls).toEqual([["one"], ["two"]]);
});

test("nobody listens while nobody looks, and again when they are back", () => {
  start();
  away = true;
  goAway();
  expect(latest().readyState).toBe(CLOSED);
  vi.advanceTimersByTime(3_600_000);
  expect(sources).toHaveLength(1);
  away = false;
  comeBack();
  comeBack();
  expect(sources).toHaveLength(2);
});

test("a page that is opened in the background listens when it is looked at", () => {
  away = true;
  start();
  expect(sources).toHaveLength(0);
  away = false;
  comeBack();
  expect(sources).toHaveLength(1);
});

test("a lost connection is told a moment later, once, and not at all if it is back by then", () => {
  start();
  fails(CONNECTING);
  vi.advanceTimersByTime(1_000);
  says("back");
  vi.advanceTimersByTime(10_000);
  expect(lost).not.toHaveBeenCalled();
  for (let again = 0; again < 3; again += 1) {
    fails(CONNECTING);
    vi.advanceTimersByTime(400);
  }
  expect(lost).not.toHaveBeenCalled();
  vi.advanceTimersByTime(300);
  expect(lost).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(10_000);
  expect(lost).toHaveBeenCalledTimes(1);
  expect(sources).toHaveLength(1);
});

test("after a refusal it is tried again, not in haste, and at once when somebody comes back", () => {
  start();
  fails(CLOSED);
  vi.advanceTimersByTime(1_500 + 22_499);
  expect([lost.mock.calls.length, sources.length]).toEqual([1, 1]);
  vi.advanceTimersByTime(1);
  expect(sources).toHaveLength(2);
  fails(CLOSED);
  comeBack();
  expect(sources).toHaveLength(3);
  vi.advanceTimersByTime(60_000);
  expect([lost.mock.calls.length, sources.length]).toEqual([1, 3]);
});

test("who stops hears nothing any more, and leaves nothing behind", () => {
  const stop = start();
  fails(CLOSED);
  stop();
  expect(vi.getTimerCount()).toBe(0);
  comeBack();
  goAway();
  expect(sources).toHaveLength(1);
});
