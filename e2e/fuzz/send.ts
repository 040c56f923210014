/** Sends one request of the fuzzer and judges what comes back. */
import { setTimeout as delay } from "node:timers/promises";
import { readAnswers } from "../attacks/answers.ts";
import { problemsOf } from "../attacks/verdict.ts";
import { open } from "../attacks/wire.ts";
import { until } from "../system/until.ts";
import type { FuzzRequest } from "./requests.ts";

/** Every answer has to be there by then (docs/api.md: a claim takes 2.5 s at most). */
const ANSWER_MAX_MS = 3_000;
/** A request without an end is given this long, then we hang up on our side. */
const QUIET_MS = 200;

/** @returns the statuses of the answers, and what is wrong, in sentences */
export async function send(
  base: string,
  request: FuzzRequest,
  secrets: readonly string[],
): Promise<{ statuses: number[]; problems: string[] }> {
  const connection = open(base);
  try {
    for (const { bytes, afterMs } of request.pieces) {
      if (afterMs > 0) await delay(afterMs);
      if (connection.socket.writable) connection.socket.write(bytes);
    }
    const isOver = async () =>
      connection.closed() || readAnswers(connection.text(), request.method).answers.length > 0;
    if (request.whole) await until("an answer", isOver, { timeoutMs: ANSWER_MAX_MS, everyMs: 2 });
    else {
      await until("an answer", isOver, { timeoutMs: QUIET_MS, everyMs: 5 }).catch(() => {});
      connection.socket.end();
      await until("the end", async () => connection.closed(), { timeoutMs: ANSWER_MAX_MS, everyMs: 2 });
    }
    return judge(connection.text(), request, secrets);
  } catch (error) {
    return { statuses: [], problems: [`has ${error instanceof Error ? error.message : String(error)}`] };
  } finally {
    connection.socket.destroy();
  }
}

function judge(text: string, request: FuzzRequest, secrets: readonly string[]) {
  const { answers } = readAnswers(text, request.method);
  const statuses = answers.map(({ status }) => status);
  const problems = [
    ...(request.whole && answers.length === 0 ? ["has no answer"] : []),
    ...statuses.filter((status) => status >= 500).map((status) => `is ${status}`),
    ...answers.flatMap((answer) => problemsOf(answer, isCode(answer) ? "" : text, secrets)),
  ];
  return { statuses, problems };
}

/** Scripts and styles of the build name their libraries; e2e/pages/bundle.spec.ts reads them for what they must not. */
function isCode({ headers }: { headers: ReadonlyMap<string, readonly string[]> }): boolean {
  return /javascript|css/.test(headers.get("content-type")?.[0] ?? "");
}
