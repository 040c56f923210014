/**
 * The way from a process to a service and back. Every call of every port passes here: a delay, the effect, a
 * delay back; and whatever may be lost is lost here.
 */
import { NotSentError } from "../ports.ts";
import type { Life, ServiceName } from "./process.ts";
import type { Scheduler } from "./scheduler.ts";
import { noTrace, shown, type Trace } from "./trace.ts";

export type CallName = { process: string; service: ServiceName; what: string };

/** What becomes of one call. A lost request has no effect; of a lost reply only its sender knows nothing. */
export type Fate = {
  requestMs: number;
  replyMs: number;
  lost: "nothing" | "request" | "reply";
  /** Takes the request, or the reply, until it is let go: for histories that are told step by step. */
  holdRequest?: (go: () => void) => void;
  holdReply?: (go: () => void) => void;
  /** The process waits for a held call for as long as it takes. */
  patient?: boolean;
};
export type Fates = (call: CallName) => Fate;

/** The connection broke while the call was on its way: it had no effect, and its sender cannot know that. */
export class BrokenConnectionError extends Error {
  override name = "BrokenConnectionError";
}

export type Wire = <T>(
  life: Life,
  call: {
    service: ServiceName;
    what: string;
    /** for the trace */
    args?: unknown;
    /** after this long the process gives up; the call may still have its effect later */
    timeoutMs: number;
    /** Asked before anything is sent: an error that says that nothing was. */
    refused?: () => Error | null;
    effect: () => T | Promise<T>;
  },
) => Promise<T>;

/** Asked again and again: told only when the answer is another one. */
const routine = new Set([
  ...["currentEpoch", "liveEvents", "logTopics", "partitionEpochs", "highestRanks"],
  ...["fetch", "partitionsOf", "committedOffsets", "scriptsLoaded"],
  ...["endOffsets", "rowCounts", "recentlyArchived"],
]);

export function createWire(parts: { scheduler: Scheduler; fates: Fates; trace: Trace }): Wire {
  const { scheduler, fates, trace } = parts;
  const lastOutcomes = new Map<string, string>();

  function tellOutcome(
    process: string,
    call: { what: string; named: () => string; outcome: () => string; isLost: boolean },
  ): void {
    if (trace === noTrace) return;
    const outcome = call.outcome();
    const key = `${process} ${call.named()}`;
    if (routine.has(call.what) && !call.isLost && lastOutcomes.get(key) === outcome) return;
    lastOutcomes.set(key, outcome);
    trace(process, () => `${call.named()} -> ${outcome}${call.isLost ? ", unheard" : ""}`);
  }

  return (life, { service, what, args, timeoutMs, refused, effect }) => {
    const { process } = life;
    const startedMs = scheduler.nowMs();
    const named = () => `${service}.${what}${args === undefined ? "" : ` ${shown(args)}`}`;

    return new Promise((resolve, reject) => {
      const fail = (error: Error, atMs: number) => {
        scheduler.after(atMs - scheduler.nowMs(), () => life.deliver(() => reject(error)));
      };
      const noAnswer = (atMs = startedMs + timeoutMs) =>
        fail(new Error(`${service}.${what}: no answer`), Math.max(atMs, scheduler.nowMs()));

      const refusal = process.cutFrom.has(service)
        ? new NotSentError(`${process.name} is cut off from ${service}`)
        : (refused?.() ?? null);
      if (refusal) {
        fail(refusal, startedMs + 1);
        return;
      }

      const fate = fates({ process: process.name, service, what });
      if (fate.lost === "request") {
        trace(process.name, () => `${named()} is lost on its way`);
        noAnswer();
        return;
      }
      const held = !fate.patient && (fate.holdRequest !== undefined || fate.holdReply !== undefined);
      if (held || fate.lost === "reply" || fate.requestMs + fate.replyMs >= timeoutMs) noAnswer();

      const reply = (outcome: () => string, settle: () => void) => {
        tellOutcome(process.name, { what, named, outcome, isLost: fate.lost === "reply" });
        if (fate.lost === "reply") return;
        const arrive = () => {
          if (process.cutFrom.has(service)) noAnswer(scheduler.nowMs());
          else life.deliver(settle);
        };
        if (fate.holdReply) fate.holdReply(arrive);
        else scheduler.after(fate.replyMs, arrive);
      };
      const failed = (error: unknown) => {
        if (error instanceof BrokenConnectionError) {
          trace(process.name, () => `${named()}: the connection broke`);
          noAnswer(scheduler.nowMs() + fate.replyMs);
        } else
          reply(
            () => shown(error),
            () => reject(error),
          );
      };
      const arrive = () => {
        if (process.cutFrom.has(service)) {
          trace(process.name, () => `${named()} is cut off`);
          noAnswer(scheduler.nowMs() + fate.replyMs);
          return;
        }
        try {
          const result = effect();
          if (result instanceof Promise) {
            noAnswer();
            result.then(
              (value) =>
                reply(
                  () => shown(value),
                  () => resolve(value),
                ),
              failed,
            );
          } else
            reply(
              () => shown(result),
              () => resolve(result),
            );
        } catch (error) {
          failed(error);
        }
      };
      if (fate.holdRequest) fate.holdRequest(arrive);
      else scheduler.after(fate.requestMs, arrive);
    });
  };
}
