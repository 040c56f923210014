/** The attack table: every procedure against every bad input and every wrong way to carry a good one. */
import { beforeAll, describe, expect, test } from "vitest";
import { settled } from "../system/audit.ts";
import { testWorld } from "../system/world.ts";
import type { Attack, Target } from "./attack.ts";
import { type Books, books } from "./books.ts";
import { carriageAttacks } from "./carriage-attacks.ts";
import { inputAttacks } from "./input-attacks.ts";
import { procedures, type Targets } from "./procedures.ts";
import { signIn } from "./sign-in.ts";
import { problemsOfRefusal } from "./verdict.ts";
import { exchange, requestBytes } from "./wire.ts";

/** Two cores: more at once would only wait for each other. */
const AT_ONCE = 8;

const world = testWorld({ webs: 1 });
const base = () => world().bases[0] ?? "";
let targets: Targets;
let cookie: string;
let before: Books;

beforeAll(async () => {
  const event = await world().createEvent({ limit: 100 });
  await world().gateIsOpen(event.id);
  const owner = await world().client.signIn("the-owner");
  await owner.press(event.id);
  await settled(world(), event.id);
  const [coupon] = await owner.mine();
  targets = { eventId: event.id, couponId: coupon?.id ?? 0 };
  // Holds nothing: whatever the attacks get through would show as a seat or a row.
  cookie = await signIn(base(), "the-attacker");
  before = await books(world());
});

describe.each(Object.entries(procedures))("%s", (name, procedure) => {
  const target = (): Target => ({ name, procedure, cookie, targets });

  test("refuses every bad input with the code that is due, and tells nothing of the inside", async () => {
    expect(await problemsWith(inputAttacks(target()))).toEqual([]);
  });

  test("refuses a good input that comes in a wrong way", async () => {
    expect(await problemsWith(carriageAttacks(target()))).toEqual([]);
  });
});

test("after all of it nothing is written, and the process is well", async () => {
  expect(await books(world())).toEqual(before);
  const { answers } = await exchange(base(), requestBytes({ target: "/healthz" }));
  expect(answers).toMatchObject([{ status: 200 }]);
});

async function problemsWith(attacks: readonly Attack[]): Promise<string[]> {
  const problems: string[] = [];
  const left = [...attacks];
  const attackOn = async () => {
    for (let attack = left.pop(); attack !== undefined; attack = left.pop()) {
      const { answers, text } = await exchange(base(), requestBytes(attack.request));
      for (const problem of problemsOfRefusal(answers[0], text, attack.refusal))
        problems.push(`${attack.title}: ${problem}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, attackOn));
  return problems;
}
