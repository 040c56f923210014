/** What pages may rely on when they share the API's answers. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Answers, createAnswers, retryDelayMs } from "./answers.ts";

const KEY = ["event", 1];
const EVERY_MS = 5_000;

let away = false;
let comeBack = () => {};
let answers: Answers;
const ask = vi.fn<() => Promise<string>>();
const onChange = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  away = false;
  ask.mockReset().mockResolvedValue("fresh");
  onChange.mockReset();
  answers = createAnswers({
    attention: {
      away: () => away,
      onReturn(callback) {
        comeBack = callback;
        return () => {
          comeBack = () => {};
        };
      },
    },
    isPassing: (error) => error === "offline",
    random: () => 0.5,
  });
});

afterEach(() => {
  vi.useRealTimers();
});

const watch = () => answers.watch({ key: KEY, ask, everyMs: () => EVERY_MS }, onChange);
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const dataOf = () => answers.peek(KEY).data;

test("whoever watches the same key shares one question and its answer", async () => {
  watch();
  watch();
  await pass(0);
  expect(ask).toHaveBeenCalledTimes(1);
  expect(onChange).toHaveBeenCalledTimes(2);
  expect(dataOf()).toBe("fresh");
  await pass(500);
  watch();
  await pass(0);
  expect(ask).toHaveBeenCalledTimes(1);
});

test("an answer is asked for again while somebody watches, and no longer", async () => {
  const stop = watch();
  await pass(EVERY_MS);
  expect(ask).toHaveBeenCalledTimes(2);
  stop();
  expect(vi.getTimerCount()).toBe(0);
  await pass(10 * EVERY_MS);
  expect(ask).toHaveBeenCalledTimes(2);
});

test("after a failure the last answer stays, and the pauses grow until one succeeds", async () => {
  watch();
  await pass(0);
  ask.mockRejectedValue("offline");
  await pass(EVERY_MS);
  expect(answers.peek(KEY)).toMatchObject({ data: "fresh", error: "offline", failures: 1 });
  await pass(1_000);
  await pass(2_000);
  expect(answers.peek(KEY).failures).toBe(3);
  ask.mockResolvedValue("back");
  await pass(4_000);
  expect(answers.peek(KEY)).toMatchObject({ data: "back", error: null, failures: 0 });
});

test("a refusal is not asked again in haste", async () => {
  ask.mockRejectedValue("refused");
  watch();
  await pass(EVERY_MS - 1);
  expect(ask).toHaveBeenCalledTimes(1);
});

test("nothing is asked while nobody looks, and everything at once when they are back", async () => {
  watch();
  await pass(0);
  away = true;
  await pass(20 * EVERY_MS);
  expect(ask).toHaveBeenCalledTimes(1);
  away = false;
  comeBack();
  await pass(0);
  expect(ask).toHaveBeenCalledTimes(2);
});

test("an answer that came another way is not overwritten by a question asked before it", async () => {
  let arrive = (_: string) => {};
  ask.mockReturnValue(
    new Promise((resolve) => {
      arrive = resolve;
    }),
  );
  watch();
  answers.put(KEY, "won");
  arrive("none");
  await pass(0);
  expect(dataOf()).toBe("won");
});

test("what is forgotten is gone, also when its answer is still on the way; other keys stay", async () => {
  watch();
  answers.put(["me"], "mina");
  answers.forget(["event"]);
  await pass(0);
  expect(dataOf()).toBeUndefined();
  expect(answers.peek(["me"]).data).toBe("mina");
});

test("retries are spread by half of the pause to either side, and never further apart than 22.5 s", () => {
  expect([1, 2, 3].map((failures) => retryDelayMs(failures, 0.5))).toEqual([1_000, 2_000, 4_000]);
  expect([0, 1].map((random) => retryDelayMs(1, random))).toEqual([500, 1_500]);
  expect(retryDelayMs(50, 1)).toBe(22_500);
});
