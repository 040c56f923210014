/** The name of one request, in its answer and in every log line about it. */
import { randomUUID } from "node:crypto";

/** Short, printable and harmless in a log; anything else that a caller sends is ignored. */
const SANE = /^[A-Za-z0-9._-]{8,64}$/;

/** The caller's own id when it is sane, so that a proxy's log can be followed into ours; else a new one. */
export function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === "string" && SANE.test(header) ? header : randomUUID();
}
