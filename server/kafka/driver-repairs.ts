/** What we repair in kafkajs 2.2.4, whose version is pinned for it. */
import { repairProduceRequest } from "./produce-request.ts";
import { repairRequestQueue } from "./request-queue.ts";

let repaired = false;

/** Before the first connection; more than once does no harm. */
export function repairDriver(): void {
  if (repaired) return;
  repaired = true;
  repairRequestQueue();
  repairProduceRequest();
}
