/** From a message of kafkajs to a record of the core. */
import type { KafkaMessage } from "kafkajs";
import type { LogRecord } from "#server/coupon/ports";

export function toLogRecord(
  source: { topic: string; partition: number },
  message: Pick<KafkaMessage, "offset" | "key" | "value">,
): LogRecord {
  return {
    origin: { ...source, offset: message.offset },
    key: message.key?.toString("utf8") ?? null,
    value: message.value?.toString("utf8") ?? null,
  };
}
