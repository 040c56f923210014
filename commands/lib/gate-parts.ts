/** What a guardian is made of, for commands that do a guardian's work by hand: rebuild, and read the log again. */
import type { LogTopic } from "#server/coupon/ports";
import { type RebuildResult, rebuild, rebuildPace } from "#server/coupon/rebuild";
import { RereadError, type RereadReport, reread } from "#server/coupon/reread";
import type { commandEnv } from "#server/env";
import { kafkaAccess } from "#server/env/services";
import { connectKafka } from "#server/kafka/client";
import { kafkaLogHistory, logSpan } from "#server/kafka/log-reader";
import { kafkaMarkerLog } from "#server/kafka/marker-log";
import { describeEpoch, mysqlEpochStore } from "#server/mysql/epoch-store";
import { outdoVersionsOfGates } from "#server/mysql/events";
import { mysqlIssueStore } from "#server/mysql/issue-store";
import { mysqlSeatLedger } from "#server/mysql/ledger";
import { connectCommand, silentLog, stderrLog, until } from "./parts.ts";
import { CommandError, cannotBeUsed } from "./run-command.ts";

export type GateParts = ReturnType<typeof connectGate>;

/** A guardian may be in the middle of a rebuild of its own. */
const LOCK_TIMEOUT_MS = 60_000;

/** Connects in the background. */
export function connectGate(env: ReturnType<typeof commandEnv>) {
  const command = connectCommand(env);
  const { mysql, gate, events, clock } = command;
  const kafka = connectKafka({ ...kafkaAccess(env), clientId: "sunchak-command", log: silentLog });
  const epochs = mysqlEpochStore({ mysql });
  const ledger = mysqlSeatLedger({ db: mysql.db });
  const markers = kafkaMarkerLog({ ...kafka, group: env.CONSUMER_GROUP, replication: env.CLAIM_REPLICATION });

  /** @throws CommandError when a guardian keeps the lock for too long */
  async function underLock<T>(work: () => Promise<T>): Promise<T> {
    const done = await until(clock, LOCK_TIMEOUT_MS, () =>
      epochs.withRebuildLock(async () => ({ value: await work() })),
    );
    if (done) return done.value;
    throw new CommandError(
      `a guardian has been rebuilding for ${LOCK_TIMEOUT_MS / 1000} s: see \`gate -- status\``,
    );
  }

  /** The epoch's own, or those of the settings before the first one. */
  async function topicNow(): Promise<LogTopic> {
    const { epoch, topic, partitions } = await epochs.currentEpoch();
    return epoch > 0 ? { topic, partitions } : { topic: env.CLAIM_TOPIC, partitions: env.CLAIM_PARTITIONS };
  }

  return {
    ...command,
    epochs,
    describeEpoch: () => describeEpoch({ db: mysql.db }),

    /** Before an epoch is begun that could not be finished. @throws CommandError when Kafka cannot be used */
    async demandKafka(): Promise<void> {
      await logSpan(kafka, (await topicNow()).topic).catch((error: unknown) => {
        throw cannotBeUsed("Kafka", error);
      });
    },

    /** Records that the workers have not handled yet. */
    async unreadRecords({ topic, partitions }: LogTopic): Promise<number> {
      const committed = await markers.committedOffsets({ topic, partitions });
      let unread = 0n;
      for (const [partition, { start, end }] of await logSpan(kafka, topic)) {
        const next = committed[partition] ?? 0n;
        unread += end - (next > start ? next : start);
      }
      return Number(unread);
    },

    /** Rebuilds all gates under a new epoch. A worker has to run: the rebuild waits for its reader. */
    async rebuildNow(reason: string): Promise<RebuildResult> {
      return underLock(async () =>
        rebuild(
          { epochs, ledger, markers, events, builder: gate, clock, reporter: stderrLog },
          {
            ...rebuildPace(env.EPOCH_LEASE_MS),
            target: await topicNow(),
            reason,
            signal: new AbortController().signal,
          },
        ),
      );
    },

    /** Issues again what the log holds from a time on (reread.ts); the guardian rebuilds afterwards. */
    async replayLog(fromMs: number, aboveLimit: boolean): Promise<RereadReport> {
      const history = kafkaLogHistory(kafka);
      const store = mysqlIssueStore({ db: mysql.db });
      return underLock(async () => {
        const earlier = (await epochs.logTopics()).map(({ topic }) => topic);
        const topics = [...new Set([(await topicNow()).topic, env.CLAIM_TOPIC, ...earlier])];
        const report = await reread(
          { epochs, events, history, store, reporter: stderrLog },
          { fromMs, topics, aboveLimit },
        );
        await outdoVersionsOfGates({ db: mysql.db });
        return report;
      }).catch((error: unknown) => {
        throw error instanceof RereadError ? new CommandError(error.message) : error;
      });
    },

    async close() {
      await Promise.all([kafka.close(), command.close()]);
    },
  };
}
