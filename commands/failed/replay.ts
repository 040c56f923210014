/** `failed replay`: parked records go through the issuing code once more, one by one. */
import { createReplayer, type ReplayOutcome } from "#server/coupon/replay";
import type { Database, Mysql } from "#server/mysql/connect";
import { listFailed, mysqlFailedStore } from "#server/mysql/failed-records";
import { silentLog } from "../lib/parts.ts";
import type { ReplayWish } from "./arguments.ts";
import type { Outcome } from "./parts.ts";

const PAGE_MAX = 500;
/** Records that the result names; the counts are of all. */
const NAMED_MAX = 1000;

/** Falls short unless every record has its coupon now. */
export async function replay({ db }: Mysql, wish: ReplayWish): Promise<Outcome> {
  const replayer = createReplayer({ store: mysqlFailedStore({ db }), reporter: silentLog });
  const counts = { issued: 0, redelivered: 0, conflict: 0, refused: 0, not_parked: 0, unknown: 0 };
  const records: ({ id: number } & ReplayOutcome)[] = [];
  let fallsShort = false;
  for await (const id of idsOf(db, wish)) {
    const outcome = await replayer.replay(id);
    counts[outcome.status] += 1;
    fallsShort ||= !isAccountedFor(outcome);
    if (records.length < NAMED_MAX) records.push({ id, ...outcome });
  }
  const { not_parked: notParked, ...others } = counts;
  const { issued, redelivered, conflict, refused, unknown } = others;
  console.error(
    `${issued} issued, ${redelivered} had their coupon, ${conflict} in conflict, ${refused} refused and still parked, ` +
      `${notParked} not parked, ${unknown} unknown`,
  );
  return { result: { ...others, notParked, records }, fallsShort };
}

function isAccountedFor(outcome: ReplayOutcome): boolean {
  if (outcome.status === "not_parked") return outcome.state === "replayed";
  return outcome.status === "issued" || outcome.status === "redelivered";
}

async function* idsOf(db: Database, wish: ReplayWish): AsyncGenerator<number> {
  if ("ids" in wish) return yield* wish.ids;
  for (let afterId = 0; ; ) {
    const page = await listFailed(db, { ...wish, state: "parked", afterId, limit: PAGE_MAX });
    for (const { id } of page) yield id;
    const last = page.at(-1);
    if (!last || page.length < PAGE_MAX) return;
    afterId = last.id;
  }
}
