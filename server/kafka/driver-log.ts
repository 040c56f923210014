/** Lines of kafkajs in our own log. Its "errors" are mostly attempts that it repeats, so none is more than a warning. */
import { type LogEntry, logLevel } from "kafkajs";
import type { Reporter } from "#server/coupon/ports";

export const DRIVER_LOG_LEVEL = logLevel.WARN;

/** During an outage kafkajs says the same for every attempt of every connection. */
const REPEAT_AFTER_MS = 5_000;
const REMEMBERED_MAX = 100;

export function bridgeLog(log: Pick<Reporter, "warn">): () => (entry: LogEntry) => void {
  const lastSaidAtMs = new Map<string, number>();
  return () => (entry) => {
    const { message, error, broker } = entry.log as LogEntry["log"] & { error?: unknown; broker?: string };
    const key = `${entry.namespace} ${message} ${broker ?? ""}`;
    const nowMs = performance.now();
    if (nowMs - (lastSaidAtMs.get(key) ?? Number.NEGATIVE_INFINITY) < REPEAT_AFTER_MS) return;
    if (lastSaidAtMs.size >= REMEMBERED_MAX) lastSaidAtMs.clear();
    lastSaidAtMs.set(key, nowMs);
    log.warn(`kafka ${entry.namespace}: ${message}`, {
      ...(broker !== undefined && { broker }),
      ...(error !== undefined && { error: error instanceof Error ? error.message : String(error) }),
    });
  };
}
