/**
 * A minute of chance against a real web process with its pages. FUZZ_SEED repeats a run, FUZZ_SECONDS makes it
 * longer: `npm run test:fuzz -- --seconds 600 --seed 7`.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../stack/paths.mjs";
import { signIn } from "../attacks/sign-in.ts";
import { audit, rowsOf, seatsOf, settled } from "../system/audit.ts";
import { baseEnv, residentBytes, smallHeap } from "../system/processes.ts";
import { testWorld } from "../system/world.ts";
import { randomOf } from "./random.ts";
import { type Cast, fuzzRequest } from "./requests.ts";
import { send } from "./send.ts";

const SECONDS = Number(process.env.FUZZ_SECONDS || 60);
const SEED = Number(process.env.FUZZ_SEED || Date.now() % 2 ** 31);
/** Of the processes under test. */
const SECRETS = [baseEnv().SESSION_KEYS ?? ""];
const AT_ONCE = 8;
const PROBLEMS_MAX = 20;
const { env, residentMaxBytes } = smallHeap(384);

const DIST_DIR = process.env.NEXT_DIST_DIR || ".next";
const HAS_PAGES = existsSync(join(ROOT, DIST_DIR, "BUILD_ID"));
const world = testWorld({
  webs: 1,
  env: {
    ...env,
    CLAIM_RATE_PER_USER: "20",
    ...(HAS_PAGES ? { PAGES: "next", NEXT_DIST_DIR: DIST_DIR } : {}),
  },
});

test(`requests of chance break no rule (seed ${SEED})`, { timeout: (SECONDS + 120) * 1000 }, async () => {
  console.log(`seed ${SEED}, ${SECONDS} s, ${HAS_PAGES ? "with" : "without"} pages`);
  const { bases, webs, client } = world();
  const [base = ""] = bases;
  const event = await world().createEvent({ limit: 20 });
  const other = await world().createEvent({ limit: 20 });
  await world().gateIsOpen(event.id);
  const victim = await client.signIn("the-victim");
  await victim.press(event.id);
  await settled(world(), event.id);
  const [coupon] = await victim.mine();
  const couponId = coupon?.id ?? 0;
  const attackers = ["attacker-1", "attacker-2", "attacker-3"];
  const cast: Cast = {
    cookies: await Promise.all(attackers.map((userId) => signIn(base, userId))),
    targets: [event, other, { id: 999_999 }].map(({ id }) => ({ eventId: id, couponId })),
  };
  const pid = webs[0]?.pid();
  const { count, tally, problems } = await fuzz(base, cast);
  console.log(`${count} requests, ${JSON.stringify(tally)}`);

  expect(problems).toEqual([]);
  expect(webs[0]?.pid()).toBe(pid);
  expect(webs[0]?.logTail()).not.toMatch(/"level":"(error|fatal)"|⨯/);
  expect((await fetch(`${base}/healthz`)).status).toBe(200);
  expect(residentBytes(Number(pid))).toBeLessThan(residentMaxBytes);
  for (const { id } of [event, other]) {
    expect((await audit(world(), id, [victim])).problems).toEqual([]);
    const holders = [...(await seatsOf(world(), id)).keys()];
    expect(holders.filter((userId) => ![victim.userId, ...attackers].includes(userId))).toEqual([]);
    expect((await rowsOf(world(), id)).length).toBe(holders.length);
  }
  expect(await victim.mine()).toMatchObject([{ id: couponId, state: "usable" }]);
});

async function fuzz(base: string, cast: Cast) {
  const endMs = performance.now() + SECONDS * 1000;
  const tally: Record<number, number> = {};
  const problems: string[] = [];
  let count = 0;
  const loop = async () => {
    while (performance.now() < endMs && problems.length < PROBLEMS_MAX) {
      const index = count++;
      const request = fuzzRequest(randomOf(SEED, index), cast);
      const result = await send(base, request, SECRETS);
      for (const status of result.statuses) tally[status] = (tally[status] ?? 0) + 1;
      const start = Buffer.concat(request.pieces.map(({ bytes }) => bytes)).toString("latin1", 0, 600);
      problems.push(...result.problems.map((problem) => `${index}: ${problem}: ${JSON.stringify(start)}`));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, loop));
  return { count, tally, problems };
}
