/** The gate: everything the core needs of Redis, behind four small ports. */
import type { ClaimGate, GateBuilder, GateConfigurer, GateReader } from "#server/coupon/ports";
import { claimGate } from "./claim-gate.ts";
import type { RedisConnection } from "./client.ts";
import { gateBuilder } from "./gate-builder.ts";
import { gateConfigurer } from "./gate-configurer.ts";
import { gateReader } from "./gate-reader.ts";

/** @param options.redis from `connectRedis`: other clients send a command twice when a connection breaks */
export function redisGate(options: {
  redis: RedisConnection;
}): ClaimGate & GateReader & GateConfigurer & GateBuilder {
  const { client } = options.redis;
  return {
    ...claimGate(client),
    ...gateReader(client),
    ...gateConfigurer(client),
    ...gateBuilder(options.redis),
  };
}
