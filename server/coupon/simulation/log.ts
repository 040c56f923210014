/** The claim log as a model: partitions of records, with one reader each at a time, and committed offsets. */
import { encodeMarker } from "../claim-record.ts";
import type { LogRecord, LogTopic } from "../ports.ts";
import type { Random } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Trace } from "./trace.ts";

export type Partition = {
  topic: string;
  partition: number;
  records: LogRecord[];
  /** offset from which a new reader begins */
  committed: number;
  /** the worker that may fetch and commit; null while the group is rebalancing */
  owner: string | null;
  /** readers that wait for the next record */
  waiting: (() => void)[];
};

export type Log = {
  down: boolean;
  /** every append is written and never acknowledged */
  silent: boolean;
  partitions(): Partition[];
  find(topic: string, partition: number): Partition | undefined;
  ensureTopic(target: LogTopic): void;
  write(topic: string, partition: number, value: string | null, key?: string | null): void;
  writeMarker(topic: string, partition: number, epoch: number): void;
  /** Gives every partition to one of these workers. */
  assign(workers: readonly string[]): void;
  /** The next fetches begin at older offsets, as after a commit that was lost. */
  forgetCommits(): void;
};

export function createLog(parts: { scheduler: Scheduler; random: Random; trace: Trace }): Log {
  const { scheduler, random, trace } = parts;
  const partitions = new Map<string, Partition>();
  let members: readonly string[] = [];

  function giveOwner(partition: Partition): void {
    partition.owner = members.length > 0 ? random.pick(members) : null;
  }

  const log: Log = {
    down: false,
    silent: false,
    partitions: () => [...partitions.values()],
    find: (topic, partition) => partitions.get(`${topic}/${partition}`),
    ensureTopic({ topic, partitions: count }) {
      for (let partition = 0; partition < count; partition += 1) {
        const key = `${topic}/${partition}`;
        if (partitions.has(key)) continue;
        const added: Partition = { topic, partition, records: [], committed: 0, owner: null, waiting: [] };
        giveOwner(added);
        partitions.set(key, added);
      }
    },
    write(topic, number, value, key = null) {
      const partition = log.find(topic, number);
      if (!partition) throw new Error(`no partition ${topic}/${number}`);
      const offset = String(partition.records.length);
      partition.records.push({ origin: { topic, partition: number, offset }, key, value });
      trace("log", () => `${topic}/${number} ${offset}: ${value}`.replaceAll('"', ""));
      const { waiting } = partition;
      partition.waiting = [];
      for (const wake of waiting) scheduler.after(0, wake);
    },
    writeMarker: (topic, partition, epoch) => log.write(topic, partition, encodeMarker(epoch)),
    assign(workers) {
      members = [...workers];
      for (const partition of partitions.values()) giveOwner(partition);
      trace("log", () => {
        const owners = [...partitions.values()].map(({ partition, owner }) => `${partition}=${owner}`);
        return `readers: ${owners.join(" ")}`;
      });
    },
    forgetCommits() {
      for (const partition of partitions.values())
        partition.committed = random.between(0, partition.committed);
      trace("log", () => "the group's offsets go back");
    },
  };
  return log;
}
