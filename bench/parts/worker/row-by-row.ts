/** The consumer of way 7, which inserts each record by itself. */
import { openWay, WAY_SCRIPT } from "../../candidates/other-way.ts";
import type { Bench } from "../../context.ts";
import { wayNumber } from "../../ways/index.ts";
import { PARTITIONS } from "../../ways/one-by-one.ts";
import { fillTopic, type LogReader } from "./log-reader.ts";

export async function rowByRow(bench: Bench, cleanUp: AsyncDisposableStack): Promise<LogReader> {
  const way = wayNumber(7);
  const { deps, books } = await openWay(way, bench, cleanUp);
  return {
    name: "row by row",
    title: "one insert for each record",
    recordsPerSecond: 1_500,
    async prepare(records) {
      const eventId = await books.open(records);
      const messages = Array.from({ length: records }, (_, index) => {
        const winner = { eventId, userId: `user-${index + 1}`, rank: index + 1 };
        const { userId } = winner;
        return { partition: index % PARTITIONS, key: userId, value: JSON.stringify(winner) };
      });
      await fillTopic(bench.kafka, deps.topic, messages);
      return {
        records,
        process: {
          label: "reader of rows",
          script: WAY_SCRIPT,
          env: { BENCH_WAY: String(way.number), BENCH_ROLE: "worker" },
          ready: "/",
        },
        rows: {
          ...{ db: deps.db, eventId },
          ...{ table: deps.tables.coupon, eventColumn: "event_id", writtenAtColumn: "created_at" },
        },
      };
    },
  };
}
