/** The claim log as a model: partitions in memory, with acknowledgements that can be withheld. */
import { type ClaimRecord, encodeMarker, encodeRecord } from "../claim-record.ts";
import type { ClaimLog, LogProgress, LogRecord, LogTopic, MarkerLog } from "../ports.ts";

export type ModelLog = ClaimLog &
  MarkerLog &
  LogProgress & {
    /** "silent": written, never acknowledged. "down": neither. */
    mode: "up" | "silent" | "down";
    append(gate: LogTopic, records: readonly ClaimRecord[]): Promise<boolean[]>;
    write(topic: string, partition: number, value: string): void;
    records(topic: string, partition: number): LogRecord[];
    /** The workers' group has handled everything below this offset. */
    commit(topic: string, partition: number, offset: number): void;
  };

export function modelLog(): ModelLog {
  const partitions = new Map<string, LogRecord[]>();
  const committed = new Map<string, number>();

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
    async committedOffsets({ topic, partitions: count }) {
      return Array.from({ length: count }, (_, partition) =>
        BigInt(committed.get(`${topic}/${partition}`) ?? 0),
      );
    },
    async endOffsets({ topic, partitions: count }) {
      return Array.from({ length: count }, (_, partition) => BigInt(log.records(topic, partition).length));
    },
    commit(topic, partition, offset) {
      committed.set(`${topic}/${partition}`, offset);
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

/** Any choice that spreads users will do. */
export function partitionOf(userId: string, partitions: number): number {
  let sum = 0;
  for (const letter of userId) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_003;
  return sum % partitions;
}
