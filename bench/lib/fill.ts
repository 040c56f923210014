/** Claims of known users ahead of a round: until an event is sold out, or until each of them has a coupon. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "undici";
import type { Users } from "../context.ts";
import { CLAIM_PATH } from "./wrk.ts";

/** Fewer than in a round: the ways with a lock would make the others wait for too long. */
const CONNECTIONS = 16;
const TIMEOUT_MS = 60_000;
const POLL_MS = 100;

type Answer = { status: string; rank?: number; repeat?: boolean };

/** What people were told meanwhile. */
export type Filled = { ranks: number[] };

let cookies: { file: string; lines: string[] } | null = null;

function cookiesOf({ file }: Users): string[] {
  if (cookies?.file !== file) cookies = { file, lines: readFileSync(file, "latin1").trimEnd().split("\n") };
  return cookies.lines;
}

/** Claims for the first users of the crowd, each until there is an answer that stays. */
export async function claimFor(
  users: Users,
  target: { port: number; eventId: number; count: number },
): Promise<Filled> {
  const pool = new Pool(`http://127.0.0.1:${target.port}`, { connections: CONNECTIONS });
  const ranks: number[] = [];
  const deadlineMs = performance.now() + TIMEOUT_MS;
  const waiting = cookiesOf(users).slice(0, target.count);
  const one = async () => {
    for (let cookie = waiting.shift(); cookie !== undefined; cookie = waiting.shift()) {
      if (performance.now() > deadlineMs) throw new Error(`event ${target.eventId} was not claimed in time`);
      const answer = await claim(pool, cookie, target.eventId);
      if (answer.status === "unavailable") {
        waiting.push(cookie);
        await sleep(POLL_MS);
      }
      if (answer.status === "won" && answer.repeat === false) ranks.push(answer.rank ?? 0);
    }
  };
  try {
    await Promise.all(Array.from({ length: CONNECTIONS }, one));
  } finally {
    await pool.destroy();
  }
  return { ranks };
}

/** Until a user who has no coupon hears that there is none left. */
export async function untilSoldOut(
  users: Users,
  target: { port: number; eventId: number; asker: number },
): Promise<void> {
  const pool = new Pool(`http://127.0.0.1:${target.port}`, { connections: 1 });
  const deadlineMs = performance.now() + TIMEOUT_MS;
  const cookie = cookiesOf(users)[target.asker] as string;
  try {
    while ((await claim(pool, cookie, target.eventId)).status !== "sold_out") {
      if (performance.now() > deadlineMs) throw new Error(`event ${target.eventId} does not sell out`);
      await sleep(POLL_MS);
    }
  } finally {
    await pool.destroy();
  }
}

async function claim(pool: Pool, cookie: string, eventId: number): Promise<Answer> {
  const { body, statusCode } = await pool.request({
    method: "POST",
    path: CLAIM_PATH,
    headers: { "content-type": "application/json", cookie },
    body: JSON.stringify({ eventId }),
  });
  const json = (await body.json()) as { result?: { data: Answer } };
  // An answer that is none may be a seat all the same: whoever hears it asks again.
  return statusCode === 200 && json.result ? json.result.data : { status: "unavailable" };
}
