/** One measured round of a crowd on one candidate: load, the time until the last coupon is a row, and the audit. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Candidate } from "../candidates/candidate.ts";
import type { Bench } from "../context.ts";
import { type Audit, audit } from "./audit.ts";
import { type Cpu, startCpu } from "./cpu.ts";
import { type Load, runWrk } from "./wrk.ts";

/** Of the closed loop, the same for every candidate. */
export const CONNECTIONS = 128;
const REST_TIMEOUT_MS = 60_000;
const REST_POLL_MS = 100;
/** Claims that were cut off go on in the server for a while: at rest is what has not changed for so long. */
const REST_QUIET_MS = 500;

/** An event of this round: what people were told before it, and how many coupons it has. */
export type RoundEvent = { id: number; limit: number; toldRanks: number[] };

export type CrowdRound = {
  load: Load;
  cpu: Cpu;
  /** from the end of the load until the last coupon was in MySQL */
  restSeconds: number;
  /** coupons that became rows, of answers that were told or not */
  issued: number;
  /** claims that heard neither yes nor no */
  undecided: number;
  audit: Audit;
};

export type CrowdPlan = {
  seconds: number;
  /** the users from `first` on, `count` of them */
  first: number;
  count: number;
  /** the event that most claims go to; all of `events` are audited */
  target: RoundEvent;
  other?: { event: RoundEvent; every: number };
  /** answers "won" of the load belong to this one */
  winsAt: RoundEvent;
  /** another generator than wrk */
  generate?: (candidate: Candidate) => Promise<Load>;
};

export async function crowdRound(bench: Bench, candidate: Candidate, plan: CrowdPlan): Promise<CrowdRound> {
  const { books } = candidate;
  const logBefore = (await books?.logLength()) ?? null;
  const rowsBefore = books === null ? 0 : (await books.rows(plan.winsAt.id)).length;
  const cpu = startCpu({ ...bench.servicePids, ...candidate.pids });
  const load = await (plan.generate ?? byWrk(bench, plan))(candidate);
  const restSeconds = await untilAtRest(candidate, plan.winsAt.id);
  const used = cpu();
  if (books === null) {
    const none = { issued: 0, undecided: undecided(load, true), audit: nothingToAudit };
    return { load, cpu: used, restSeconds, ...none };
  }

  const logAfter = (await books.logLength()) ?? null;
  const records = logBefore === null || logAfter === null ? null : logAfter - logBefore;
  const events = new Set([plan.target, plan.winsAt]);
  const audits: Audit[] = [];
  let issued = 0;
  for (const event of events) {
    const wins = event === plan.winsAt;
    const rows = await books.rows(event.id);
    if (wins) issued = rows.length - rowsBefore;
    audits.push(
      audit({
        limit: event.limit,
        toldRanks: [...event.toldRanks, ...(wins ? load.ranks : [])],
        tells: books.tells,
        rows,
        seats: (await books.progress(event.id)).seats,
        records: wins && event.toldRanks.length === 0 ? records : null,
        // One on each connection may have been cut off at the end.
        undecidedMax: CONNECTIONS + undecided(load, books.tells),
      }),
    );
  }
  const open = undecided(load, books.tells);
  return { load, cpu: used, restSeconds, issued, undecided: open, audit: together(audits) };
}

function byWrk(bench: Bench, plan: CrowdPlan): (candidate: Candidate) => Promise<Load> {
  const { target, other, seconds, first, count } = plan;
  return ({ port }) =>
    runWrk(bench.wrk, {
      ...{ port, seconds, connections: CONNECTIONS, eventId: target.id, dir: bench.dir },
      ...(other && { other: { eventId: other.event.id, every: other.every } }),
      users: { file: bench.users.file, first, count },
    });
}

/** For a way that never says "won", "pending" is all that it has to say. */
function undecided({ answers }: Load, tells: boolean): number {
  const { failed, unavailable, socketErrors, pending } = answers;
  return failed + unavailable + socketErrors + (tells ? pending : 0);
}

/** @returns seconds until the last change; the time-out when it never comes to rest, and then the audit says what is missing */
async function untilAtRest({ books }: Candidate, eventId: number): Promise<number> {
  if (books === null) return 0;
  const startMs = performance.now();
  let last = "";
  let changedMs = startMs;
  for (;;) {
    const progress = await books.progress(eventId);
    const nowMs = performance.now();
    // The first look is no change.
    if (JSON.stringify(progress) !== last && last !== "") changedMs = nowMs;
    last = JSON.stringify(progress);
    const isAtRest = progress.rows >= (progress.seats ?? 0) && progress.onTheWay === 0;
    if (isAtRest && nowMs - changedMs >= REST_QUIET_MS) return (changedMs - startMs) / 1000;
    if (nowMs - startMs > REST_TIMEOUT_MS) return REST_TIMEOUT_MS / 1000;
    await sleep(REST_POLL_MS);
  }
}

const nothingToAudit: Audit = {
  overIssued: 0,
  lost: 0,
  usersTwice: 0,
  ranksTwice: 0,
  untold: 0,
  problems: [],
};

function together(audits: readonly Audit[]): Audit {
  return audits.reduce((sum, one) => ({
    overIssued: sum.overIssued + one.overIssued,
    lost: sum.lost + one.lost,
    usersTwice: sum.usersTwice + one.usersTwice,
    ranksTwice: sum.ranksTwice + one.ranksTwice,
    untold: sum.untold + one.untold,
    problems: [...sum.problems, ...one.problems],
  }));
}
