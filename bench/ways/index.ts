/** The eight other ways. */
import { countRows } from "./1-count-rows.ts";
import { rowLock } from "./2-row-lock.ts";
import { redisLock } from "./3-redis-lock.ts";
import { incrInsert } from "./4-incr-insert.ts";
import { listQueue } from "./5-list-queue.ts";
import { sortedSet } from "./6-sorted-set.ts";
import { setIncrKafka } from "./7-set-incr-kafka.ts";
import { setnxIncrKafka } from "./8-setnx-incr-kafka.ts";
import type { Way } from "./way.ts";

export const ways: readonly Way[] = [
  countRows,
  rowLock,
  redisLock,
  incrInsert,
  listQueue,
  sortedSet,
  setIncrKafka,
  setnxIncrKafka,
];

/** @throws RangeError when there is none of that number */
export function wayNumber(number: number): Way {
  const way = ways.find((each) => each.number === number);
  if (way === undefined) throw new RangeError(`there is no way ${number}`);
  return way;
}
