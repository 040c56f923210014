/** What both processes answer about their dependencies: one short word each, for operators and balancers. */
import type { Lease } from "./coupon/lease.ts";
import type { GateBuilder } from "./coupon/ports.ts";
import type { Probe } from "./health.ts";
import type { KafkaConnection } from "./kafka/client.ts";
import type { RedisConnection } from "./redis/client.ts";

/** @param parts.mysql any question that only the primary can answer */
export function dependencyProbes(parts: {
  redis: Pick<RedisConnection, "isReady">;
  kafka: Pick<KafkaConnection, "withAdmin">;
  mysql: () => Promise<unknown>;
  lease: Lease;
  gate: Pick<GateBuilder, "scriptsLoaded">;
}): Record<"redis" | "kafka" | "mysql" | "gate", Probe> {
  const { redis, kafka, mysql, lease, gate } = parts;
  return {
    redis: async () => (redis.isReady() ? "up" : "down"),
    kafka: () =>
      kafka.withAdmin("asking for the brokers", (admin) => admin.describeCluster()).then(() => "up"),
    mysql: () => mysql().then(() => "up"),
    /** Claims are decided only while it is "open". */
    async gate() {
      const current = lease.current();
      if (current === null) return "no lease";
      return (await gate.scriptsLoaded(current.epoch)) ? "open" : "being rebuilt";
    },
  };
}
