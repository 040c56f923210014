/** The gate: everything the core needs of Redis, behind six small ports. */
import type {
  ClaimGate,
  GateBuilder,
  GateConfigurer,
  GateReader,
  GateRemover,
  SeatLister,
} from "#server/coupon/ports";
import { claimGate } from "./claim-gate.ts";
import type { RedisConnection } from "./client.ts";
import { gateBuilder } from "./gate-builder.ts";
import { gateConfigurer } from "./gate-configurer.ts";
import { gateReader } from "./gate-reader.ts";
import { eventKeys } from "./keys.ts";
import { seatLister } from "./seat-lister.ts";

/** @param options.redis from `connectRedis`: other clients send a command twice when a connection breaks */
export function redisGate(options: {
  redis: RedisConnection;
}): ClaimGate & GateReader & GateConfigurer & GateBuilder & SeatLister & GateRemover {
  const { client } = options.redis;
  return {
    ...claimGate(client),
    ...gateReader(client),
    ...gateConfigurer(client),
    ...gateBuilder(options.redis),
    ...seatLister(client),
    async forget(eventId) {
      // Unlike DEL it does not hold up the others while a large hash is freed.
      await client.unlink(...eventKeys(eventId));
    },
  };
}
