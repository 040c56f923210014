/** A crowd in front of one event: its people come when a test lets them, and press until they are decided. */
import { setTimeout as delay } from "node:timers/promises";
import type { ClaimAnswer, EventView, User } from "../system/client.ts";
import { until } from "../system/until.ts";
import type { World } from "../system/world.ts";

export type Crowd = {
  event: EventView;
  users: readonly User[];
  /** The next `count` people come and press until they are decided. Returns at once. */
  arrive(count: number): void;
  /** Everyone who has not come yet. */
  arriveAll(): void;
  /** Until at least `count` people have been told that they won; all of them so far. */
  winners(count: number): Promise<User[]>;
  /** One person after the other comes until this is settled: what it waits for may need them. */
  keepComing<T>(awaited: Promise<T>): Promise<T>;
  /** Until somebody was told one of these, while people keep coming. */
  untilHeard(...statuses: ClaimAnswer["status"][]): Promise<void>;
  /** Whoever has ever been told this. */
  heard(status: ClaimAnswer["status"]): User[];
  /** Whether there are more seats than people who came so far: then there must be one for everyone. */
  seatsAreLeft(): boolean;
  /** Everyone who was told that it is sold out while seats were certainly left. */
  turnedAway: readonly string[];
  /** Until everyone who came is decided; their last answers. */
  verdicts(): Promise<ClaimAnswer[]>;
};

const NEXT_PERSON_MS = 100;

export async function gatherCrowd(
  world: World,
  { limit, users: size }: { limit: number; users: number },
): Promise<Crowd> {
  const event = await world.createEvent({ limit });
  const users = await world.client.signInMany(`crowd-${event.id}`, size);
  const pressing: Promise<ClaimAnswer>[] = [];
  const turnedAway: string[] = [];
  const seatsAreLeft = () => pressing.length < limit;

  async function decided(user: User): Promise<ClaimAnswer> {
    const answer = await pressPatiently(user, event.id);
    if (answer.status === "sold_out" && seatsAreLeft()) turnedAway.push(user.userId);
    return answer;
  }

  function arrive(count: number): void {
    for (const user of users.slice(pressing.length, pressing.length + count)) {
      const verdict = decided(user);
      // Looked at by verdicts(); until then a rejection is nobody's.
      verdict.catch(() => {});
      pressing.push(verdict);
    }
  }
  async function keepComing<T>(awaited: Promise<T>): Promise<T> {
    const coming = setInterval(() => arrive(1), NEXT_PERSON_MS);
    return await awaited.finally(() => clearInterval(coming));
  }
  const heard = (status: ClaimAnswer["status"]) =>
    users.filter((user) => user.heard.some(({ answer }) => answer.status === status));

  return {
    event,
    users,
    arrive,
    arriveAll: () => arrive(size),
    keepComing,
    untilHeard: async (...statuses) => {
      const isHeard = async () => statuses.some((status) => heard(status).length > 0);
      await keepComing(until(`somebody to hear ${statuses.join(" or ")}`, isHeard));
    },
    heard,
    seatsAreLeft,
    turnedAway,
    winners: (count) =>
      until(
        `${count} people to have won`,
        async () => {
          const won = heard("won");
          return won.length >= count && won;
        },
        { everyMs: 5 },
      ),
    verdicts: () => Promise.all(pressing),
  };
}

/** A person whose connection broke loads the page again. */
const RELOAD_MS = 200;
const PATIENCE_MS = 60_000;
const BROKEN = ["ECONNREFUSED", "ECONNRESET", "EPIPE", "UND_ERR_SOCKET"];

/** Presses as a person would, also when a web process goes away meanwhile. An error that a server answers is thrown. */
async function pressPatiently(user: User, eventId: number): Promise<ClaimAnswer> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await user.press(eventId);
    } catch (error) {
      const isBroken = BROKEN.includes((error as NodeJS.ErrnoException).code ?? "");
      if (!isBroken || performance.now() > deadline) throw error;
      await delay(RELOAD_MS);
    }
  }
}
