/** An issuer over the modelled database, with one event, and records of its partition to give to it. */
import { type ClaimRecord, encodeMarker, encodeRecord } from "../claim-record.ts";
import { createIssuer, type Issuer } from "../issue.ts";
import type { LogRecord } from "../ports.ts";
import { createReplayer, type Replayer } from "../replay.ts";
import { type ModelClock, modelClock } from "./model-clock.ts";
import { type ModelDatabase, modelDatabase } from "./model-database.ts";
import { silentReporter } from "./silent-reporter.ts";

const source = { topic: "t", partition: 0 };

export type IssueDesk = {
  clock: ModelClock;
  database: ModelDatabase;
  replayer: Replayer;
  issue(...records: LogRecord[]): ReturnType<Issuer["issue"]>;
  addEvent(id: number): void;
  newEpoch(epoch: number): Promise<void>;
  /** The next record of the partition. */
  record(value: string | null): LogRecord;
  claim(userId: string, rank: number, more?: Partial<ClaimRecord>): LogRecord;
  /** Parks records of kim and lee: their rows are refused, until the data is mended behind them. */
  parkRefused(...records: LogRecord[]): Promise<void>;
  /** `user#rank` */
  rows(): string[];
  /** of the failed records */
  states(): string[];
  conflicts(): string[];
};

/** @returns a desk in epoch 1, with event 1 of ten coupons */
export async function issueDesk(): Promise<IssueDesk> {
  const clock = modelClock();
  const database = modelDatabase(clock);
  const issuer = createIssuer({ store: database, reporter: silentReporter });
  let nextOffset = 0;

  const desk: IssueDesk = {
    clock,
    database,
    replayer: createReplayer({ store: database, reporter: silentReporter }),
    issue: (...records) => issuer.issue(source, records),
    addEvent(id) {
      database.tables().events.set(id, {
        ...{ id, displayName: "event", issueLimit: 10, opensAtMs: 0, closesAtMs: null, expiresAtMs: 1 },
        ...{ discount: { type: "PERCENT", amount: 10 }, status: "active", version: 1, openedEpoch: 1 },
      });
    },
    async newEpoch(epoch) {
      await database.raiseEpoch({ reason: "test", topic: source.topic, partitions: 1, after: epoch - 1 });
      await desk.issue(desk.record(encodeMarker(epoch)));
    },
    record(value) {
      nextOffset += 1;
      return { origin: { ...source, offset: String(nextOffset) }, key: null, value };
    },
    claim(userId, rank, more = {}) {
      const claimedAt = "2026-01-01T00:00:00.000Z";
      const claim = { v: 1 as const, epoch: 1, couponEventId: 1, userId, rank, claimedAt, requestId: "r" };
      return desk.record(encodeRecord({ ...claim, ...more }));
    },
    async parkRefused(...records) {
      for (const userId of ["kim", "lee"]) database.refusedUsers.add(userId);
      await desk.issue(...records);
      database.refusedUsers.clear();
    },
    rows: () => database.tables().coupons.map(({ userId, rank }) => `${userId}#${rank}`),
    states: () => database.tables().failed.map(({ state }) => state),
    conflicts: () => database.tables().conflicts.map(({ kind }) => kind),
  };
  desk.addEvent(1);
  await desk.newEpoch(1);
  return desk;
}
