/** The ports of one life, over the wire, with a planted fault in the place of some of them. */
import { accountPorts } from "./account-ports.ts";
import { databasePorts } from "./database-ports.ts";
import { logPorts } from "./log-ports.ts";
import type { Life } from "./process.ts";
import { redisPorts } from "./redis-ports.ts";
import { issueStore } from "./transactions.ts";
import { type Ports, WALL_START_MS, type World } from "./world.ts";

export function portsOf(world: World, life: Life): Ports {
  const { wire, scheduler, random, redis, log, database, evidence, book, planted, duplicates } = world;
  const ports: Ports = {
    ...databasePorts({ database, wire, life }),
    ...logPorts({ log, wire, scheduler, random, duplicates, life }),
    ...accountPorts({ database, evidence, wire, life, wallMs: () => WALL_START_MS + scheduler.nowMs() }),
    gate: redisPorts({ redis, wire, scheduler, life, observe: evidence.observe, onForget: book.onForget }),
    store: issueStore({ database, wire, scheduler, life }),
    clock: life.clock,
  };
  return planted.ports?.(ports, { world, life }) ?? ports;
}
