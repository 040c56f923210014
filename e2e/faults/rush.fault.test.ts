/** A whole rush as an operator would send one, with everything killed once while it runs. */
import { expect, test } from "vitest";
import { seatsOf } from "../system/audit.ts";
import { until } from "../system/until.ts";
import { testWorld } from "../system/world.ts";

const LIMIT = 4_000;
const USERS = 5_000;
const CLAIMS_PER_USER = 4;
/** What one connection after the other has to do while everything is away. */
const TIMEOUT_MS = 300_000;

const world = testWorld({ own: ["redis", "kafka", "mysql"] });

type RushResult = {
  claims: number;
  won: number;
  soldOut: number;
  seats: number;
  records: number;
  rows: number;
};
type Certificate = Record<"accepted" | "issued" | "pending" | "parked" | "conflicts" | "differences", number>;

test(
  "a rush of 20,000 claims in which Redis, Kafka, MySQL, web and worker are each killed once loses nothing",
  async () => {
    const { bases, command, webs, worker, server } = world();
    const event = await world().createEvent({ limit: LIMIT });
    const crowd = { event: event.id, users: USERS, "claims-per-user": CLAIMS_PER_USER, concurrency: 32 };
    const args = [
      ...Object.entries(crowd).flatMap(([name, value]) => [`--${name}`, String(value)]),
      ...bases.flatMap((base) => ["--url", base]),
    ];
    let isOver = false;
    const rush = command<RushResult>("commands/rush.ts", args, TIMEOUT_MS).finally(() => {
      isOver = true;
    });
    rush.catch(() => {}); // looked at below
    const seats = async () => (await seatsOf(world(), event.id)).size;

    await until("the first seats", async () => (await seats()) > 50, { everyMs: 10, timeoutMs: 60_000 });
    for (const process of [webs[1], worker]) {
      expect(isOver).toBe(false);
      process?.signal("SIGKILL");
      expect(await process?.exit()).toBe("SIGKILL");
      await process?.start();
    }
    for (const name of ["redis", "kafka", "mysql"] as const) {
      expect(isOver).toBe(false);
      await server(name).kill("SIGKILL");
      await server(name).start();
    }

    expect(await rush).toMatchObject({
      claims: USERS * CLAIMS_PER_USER,
      won: LIMIT,
      soldOut: USERS - LIMIT,
      seats: LIMIT,
      rows: LIMIT,
      problems: [],
    });
    const certificate = await command<Certificate>("commands/reconcile.ts", ["--event", String(event.id)]);
    expect(certificate).toMatchObject({
      ...{ accepted: LIMIT, issued: LIMIT },
      ...{ pending: 0, parked: 0, conflicts: 0, differences: 0 },
    });
  },
  TIMEOUT_MS,
);
