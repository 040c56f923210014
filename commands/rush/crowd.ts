/** The crowd: signs in, waits for the opening, presses the button at once, and asks until everyone knows. */
import { randomBytes } from "node:crypto";
import type { Clock } from "#server/coupon/ports";
import { CommandError } from "../lib/run-command.ts";
import type { Api, RushEvent } from "./api.ts";
import { inParallel } from "./in-parallel.ts";
import { isUndecided, type Person, verdictOf } from "./person.ts";
import { createProgress } from "./progress.ts";

export type CrowdOptions = {
  api: Api;
  clock: Clock;
  eventId: number;
  users: number;
  claimsPerUser: number;
  concurrency: number;
};

export type Presses = { people: Person[]; latenciesMs: number[]; tookMs: number };

const OPENING_WAIT_MAX_MS = 10 * 60_000;
/** The opening is the gate's; our idea of its clock was a network trip old when it came. */
const OPENING_MARGIN_MS = 20;
/** Everyone should know within seconds; after a rebuild it may take a few more. */
const SETTLE_TIMEOUT_MS = 60_000;
const SETTLE_EVERY_MS = 300;

/** @throws CommandError when somebody cannot sign in */
export async function signIn({ api, users, concurrency }: CrowdOptions): Promise<Person[]> {
  const run = randomBytes(4).toString("hex");
  const people: Person[] = [];
  const progress = createProgress({ label: "signing in", total: users });
  const numbers = Array.from({ length: users }, (_, index) => index + 1);
  await inParallel(numbers, concurrency, async (number) => {
    const userId = `rush-${run}-${number}`;
    const cookie = await api.signIn(userId).catch((error: Error) => {
      throw new CommandError(`${userId} cannot sign in: ${error.message}. A rush needs AUTH_MODE=demo.`);
    });
    people.push({ userId, cookie, answers: [] });
    progress.show(people.length);
  });
  progress.end(users);
  return people;
}

/** @throws CommandError when the event opens too far in the future to wait for it */
export async function waitForOpening(clock: Clock, event: RushEvent): Promise<void> {
  if (event.state !== "scheduled") return;
  const waitMs = Date.parse(event.opensAt) - Date.parse(event.serverTime) + OPENING_MARGIN_MS;
  if (waitMs > OPENING_WAIT_MAX_MS)
    throw new CommandError(`the event opens at ${event.opensAt}, which is more than 10 minutes away`);
  const endMs = clock.monotonicMs() + waitMs;
  const progress = createProgress({ label: "waiting", total: waitMs });
  for (let leftMs = waitMs; leftMs > 0; leftMs = endMs - clock.monotonicMs()) {
    progress.show(waitMs - leftMs, `opens in ${Math.ceil(leftMs / 1000)} s`);
    await clock.sleep(Math.min(leftMs, 200));
  }
  progress.end(waitMs, "open");
}

/** Every claim once, as fast as the connections allow; one person's claims travel side by side. */
export async function press(options: CrowdOptions, people: Person[]): Promise<Presses> {
  const { api, clock, eventId, claimsPerUser, concurrency } = options;
  const claims = people.flatMap((person) => new Array<Person>(claimsPerUser).fill(person));
  const latenciesMs: number[] = [];
  const progress = createProgress({ label: "claiming", total: claims.length });
  const startedMs = clock.monotonicMs();
  await inParallel(claims, concurrency, async (person) => {
    const sentMs = clock.monotonicMs();
    person.answers.push(await api.claim(person.cookie, eventId));
    latenciesMs.push(clock.monotonicMs() - sentMs);
    progress.show(latenciesMs.length);
  });
  progress.end(claims.length);
  return { people, latenciesMs, tookMs: clock.monotonicMs() - startedMs };
}

/** Asks for everyone who does not know yet, round after round. Whoever is undecided after that stays so. */
export async function settle(options: CrowdOptions, people: Person[]): Promise<void> {
  const { api, clock, eventId, concurrency } = options;
  const endMs = clock.monotonicMs() + SETTLE_TIMEOUT_MS;
  let waiting = people.filter(isUndecided);
  if (waiting.length === 0) return;
  const total = waiting.length;
  const progress = createProgress({ label: "settling", total });
  while (waiting.length > 0 && clock.monotonicMs() < endMs) {
    await clock.sleep(pauseMs(waiting));
    await inParallel(waiting, concurrency, async (person) => {
      // A seat may be reserved behind "pending" and behind an error; only "none" and the others mean: press again.
      const verdict = verdictOf(person);
      const mayBeSeated = verdict === "pending" || verdict === "error";
      person.answers.push(await (mayBeSeated ? api.claimStatus : api.claim)(person.cookie, eventId));
    });
    waiting = waiting.filter(isUndecided);
    progress.show(total - waiting.length);
  }
  progress.end(total - waiting.length);
}

/** As long as the server asked for, in the middle of the crowd. */
function pauseMs(waiting: Person[]): number {
  const asked = waiting.map(({ answers }) => {
    const last = answers.at(-1);
    return last?.status === "unavailable" ? last.retryAfterMs : SETTLE_EVERY_MS;
  });
  return Math.max(...asked.slice(0, 1000), SETTLE_EVERY_MS);
}
