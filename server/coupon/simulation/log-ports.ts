/** The log's ports of one process: appending with an outcome in bounded time, reading, committing. */
import { type ClaimRecord, encodeRecord } from "../claim-record.ts";
import { partitionOf } from "../model/model-log.ts";
import type { ClaimLog, LogProgress, LogRecord, LogTopic, MarkerLog } from "../ports.ts";
import type { Log, Partition } from "./log.ts";
import type { Life } from "./process.ts";
import type { Random } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";
import { BrokenConnectionError, type Wire } from "./wire.ts";

/** As the adapter's own deadline for one send. */
const SEND_DEADLINE_MS = 2000;
const ADMIN_TIMEOUT_MS = 1500;
/** How long a fetch waits for something to read. */
const FETCH_WAIT_MS = 1000;

export type Fetched = { records: LogRecord[]; nextOffset: number };
export interface LogReader {
  /** @param position null: from the committed offset. @returns null when the partition is another worker's */
  fetch(call: {
    topic: string;
    partition: number;
    position: number | null;
    max: number;
  }): Promise<Fetched | null>;
  /** Refused by the group when the partition is another worker's by now. */
  commit(call: { topic: string; partition: number; offset: number }): Promise<void>;
  /** Numbers of the topic's partitions. */
  partitionsOf(topic: string): Promise<number[]>;
}

export type LogPorts = { log: ClaimLog; markers: MarkerLog; progress: LogProgress; reader: LogReader };

export function logPorts(parts: {
  log: Log;
  wire: Wire;
  scheduler: Scheduler;
  random: Random;
  duplicates: number;
  life: Life;
}): LogPorts {
  const { log, wire, scheduler, random, duplicates, life } = parts;
  const worker = life.process.name;
  /** the highest offset that this life has committed, per partition */
  const commits = new Map<string, number>();

  function demandUp(): void {
    if (log.down) throw new BrokenConnectionError("the log is down");
  }

  function found(topic: string, partition: number): Partition {
    demandUp();
    const known = log.find(topic, partition);
    if (!known) throw new Error(`there is no partition ${topic}/${partition}`);
    return known;
  }

  /** One partition's part of a send. @returns whether it was acknowledged; a late one may never be heard */
  function sendTo(call: { topic: string; partition: number }, what: string, write: () => void) {
    return wire(life, {
      service: "log",
      what,
      args: call,
      timeoutMs: SEND_DEADLINE_MS,
      effect: () => {
        found(call.topic, call.partition);
        write();
        if (log.silent) throw new BrokenConnectionError("no acknowledgement");
        return true;
      },
    }).catch(() => false);
  }

  return {
    log: {
      async append(gate, records) {
        // A record that is sent again may come to another partition.
        const shift = random.between(0, gate.partitions - 1);
        const placeOf = ({ userId }: ClaimRecord) =>
          (partitionOf(userId, gate.partitions) + shift) % gate.partitions;
        const byPartition = new Map<number, ClaimRecord[]>();
        for (const record of records) {
          const partition = placeOf(record);
          byPartition.set(partition, [...(byPartition.get(partition) ?? []), record]);
        }
        const acknowledged = new Map<number, boolean>();
        await Promise.all(
          [...byPartition].map(async ([partition, group]) => {
            // A driver that tries again after a lost reply writes the same records twice.
            const times = random.chance(duplicates) ? 2 : 1;
            const write = () => {
              for (let time = 0; time < times; time += 1)
                for (const record of group)
                  log.write(gate.topic, partition, encodeRecord(record), record.userId);
            };
            const outcome = await sendTo({ topic: gate.topic, partition }, "append", write);
            acknowledged.set(partition, outcome);
          }),
        );
        return records.map((record) => acknowledged.get(placeOf(record)) === true);
      },
    },
    markers: {
      async ensureTopic(target) {
        await wire(life, {
          service: "log",
          what: "ensureTopic",
          timeoutMs: ADMIN_TIMEOUT_MS,
          effect: () => {
            demandUp();
            log.ensureTopic(target);
          },
        });
      },
      async appendMarkers({ topic, partitions }, epoch) {
        const outcomes = await Promise.all(
          Array.from({ length: partitions }, (_, partition) =>
            sendTo({ topic, partition }, `marker ${epoch}`, () => log.writeMarker(topic, partition, epoch)),
          ),
        );
        return outcomes.every(Boolean);
      },
      committedOffsets,
    },
    progress: {
      committedOffsets,
      endOffsets: ({ topic, partitions }) =>
        wire(life, {
          service: "log",
          what: "endOffsets",
          timeoutMs: ADMIN_TIMEOUT_MS,
          effect: () =>
            Array.from({ length: partitions }, (_, partition) =>
              BigInt(found(topic, partition).records.length),
            ),
        }),
    },
    reader: {
      fetch: (call) =>
        wire(life, {
          service: "log",
          what: "fetch",
          args: { partition: call.partition, from: call.position },
          timeoutMs: 2 * FETCH_WAIT_MS,
          effect: () => {
            const partition = found(call.topic, call.partition);
            if (partition.owner !== worker) return null;
            const position = call.position ?? partition.committed;
            return whenReadable(partition, position, () => {
              const records = partition.records.slice(position, position + call.max);
              return { records, nextOffset: position + records.length };
            });
          },
        }),
      async commit({ topic, partition, offset }) {
        await wire(life, {
          service: "log",
          what: "commit",
          args: { partition, offset },
          timeoutMs: ADMIN_TIMEOUT_MS,
          effect: () => {
            const known = found(topic, partition);
            if (known.owner !== worker) throw new Error("the partition is another worker's");
            // Commits of one worker go one after the other: a late one does not take back what came after it.
            const key = `${topic}/${partition}`;
            if (offset < (commits.get(key) ?? 0)) return;
            commits.set(key, offset);
            known.committed = offset;
          },
        });
      },
      partitionsOf: (topic) =>
        wire(life, {
          service: "log",
          what: "partitionsOf",
          timeoutMs: ADMIN_TIMEOUT_MS,
          effect: () => {
            demandUp();
            return log.partitions().flatMap((known) => (known.topic === topic ? known.partition : []));
          },
        }),
    },
  };

  function committedOffsets({ topic, partitions }: LogTopic): Promise<bigint[]> {
    return wire(life, {
      service: "log",
      what: "committedOffsets",
      timeoutMs: ADMIN_TIMEOUT_MS,
      effect: () =>
        Array.from({ length: partitions }, (_, partition) => BigInt(found(topic, partition).committed)),
    });
  }

  function whenReadable<T>(partition: Partition, position: number, read: () => T): T | Promise<T> {
    if (partition.records.length > position) return read();
    return new Promise((resolve) => {
      const wake = () => resolve(read());
      partition.waiting.push(wake);
      scheduler.after(FETCH_WAIT_MS, wake);
    });
  }
}
