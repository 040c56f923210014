/** A service hangs: everyone is answered in time and truthfully, and what was left open is decided by itself. */
import { expect, test } from "vitest";
import { audit, seatsOf } from "./audit.ts";
import { type ClaimAnswer, tally, type User } from "./client.ts";
import { lasting, until } from "./until.ts";
import { testWorld } from "./world.ts";

/** The promise is 3 s; the rest is for a machine that is busy with everything at once. */
const ANSWER_MS_MAX = 5_000;
const world = testWorld({ own: ["kafka", "mysql"] });

async function timed(claim: Promise<ClaimAnswer>): Promise<{ answer: ClaimAnswer; ms: number }> {
  const startedMs = performance.now();
  const answer = await claim;
  return { answer, ms: performance.now() - startedMs };
}

/** Asks, but never presses. */
function decided(user: User, eventId: number): Promise<ClaimAnswer> {
  return until(
    `${user.userId} to be decided`,
    async () => {
      const answer = await user.claimStatus(eventId);
      return (answer.status === "won" || answer.status === "none") && answer;
    },
    { timeoutMs: 60_000, everyMs: 200 },
  );
}

test("every pending claim is decided by itself once Kafka is back", async () => {
  const event = await world().createEvent({ limit: 10 });
  const users = await world().client.signInMany("undecided", 15);
  const kafka = world().server("kafka");
  await kafka.kill("SIGSTOP");
  const answers = await Promise.all(users.map((user) => user.claim(event.id)));
  expect(tally(answers)).toEqual({ pending: 10, sold_out: 5 });
  expect((await seatsOf(world(), event.id)).size).toBe(10);

  await kafka.kill("SIGCONT");
  const holders = users.filter((_, index) => answers[index]?.status === "pending");
  const verdicts = await Promise.all(holders.map((user) => decided(user, event.id)));
  expect(tally(verdicts)).toEqual({ won: 10 });
  const { rows, problems } = await audit(world(), event.id, users);
  expect(problems).toEqual([]);
  expect(rows).toHaveLength(10);
});

test.each(["redis", "kafka", "mysql"] as const)(
  "a claim is answered within three seconds while %s is frozen",
  async (name) => {
    const event = await world().createEvent({ limit: 40 });
    const users = await world().client.signInMany(`frozen-${name}`, 60);
    const service = world().server(name);
    const early = users.slice(0, 20).map((user) => timed(user.claim(event.id)));
    await service.kill("SIGSTOP");
    const atOnce = users.slice(20, 40).map((user) => timed(user.claim(event.id)));
    // Long enough that leases end and time-outs have struck.
    await lasting(3_000);
    const later = users.slice(40).map((user) => timed(user.claim(event.id)));
    const answers = await Promise.all([...early, ...atOnce, ...later]).finally(() => service.kill("SIGCONT"));

    expect(answers.filter(({ ms }) => ms > ANSWER_MS_MAX)).toEqual([]);
    const verdicts = await Promise.all(users.map((user) => user.press(event.id)));
    expect(tally(verdicts)).toEqual({ won: 40, sold_out: 20 });
    expect((await audit(world(), event.id, users)).problems).toEqual([]);
  },
);
