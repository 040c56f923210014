/** The claim log as a model: partitions in memory, with acknowledgements that can be withheld. */
import { type ClaimRecord, encodeMarker, encodeRecord } from "../claim-record.ts";
import type { ClaimLog, LogRecord, LogTopic, MarkerLog } from "../ports.ts";

export type ModelLog = ClaimLog &
  MarkerLog & {
    /** "silent": written, never acknowledged. "down": neither. */
    mode: "up" | "silent" | "down";
    append(gate: LogTopic, records: readonly ClaimRecord[]): Promise<boolean[]>;
    write(topic: string, partition: number, value: string): void;
    records(topic: string, partition: number): LogRecord[];
  };

export function modelLog(): ModelLog {
  const partitions = new Map<string, LogRecord[]>();

  function write(topic: string, partition: number, value: string, key: string | null = null): void {
    const records = log.records(topic, partition);
    records.push({ origin: { topic, partition, offset: String(records.length) }, key, value });
  }

  const log: ModelLog = {
    mode: "up",
    async append(gate, records) {
      await Promise.resolve();
      if (log.mode !== "down")
        for (const record of records)
          write(gate.topic, partitionOf(record.userId, gate.partitions), encodeRecord(record), record.userId);
      return records.map(() => log.mode === "up");
    },
    async ensureTopic() {
      if (log.mode === "down") throw new Error("the model log is down");
    },
    async appendMarkers({ topic, partitions: count }, epoch) {
      if (log.mode === "down") return false;
      for (let partition = 0; partition < count; partition += 1) write(topic, partition, encodeMarker(epoch));
      return log.mode === "up";
    },
    async committedOffsets({ partitions: count }) {
      return Array.from({ length: count }, () => 0n);
    },
    write,
    records(topic, partition) {
      const key = `${topic}/${partition}`;
      const known = partitions.get(key) ?? [];
      partitions.set(key, known);
      return known;
    },
  };
  return log;
}

function partitionOf(userId: string, partitions: number): number {
  let sum = 0;
  for (const letter of userId) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_003;
  return sum % partitions;
}
