/** Prometheus metrics, and the core's Reporter over them and the log. Every name is in one of the tables below. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { CounterName, GaugeName, Reporter } from "#server/coupon/ports";
import type { MetricsPage } from "./health.ts";
import type { Log } from "./log.ts";

/** `sunchak_<name>_total`. What the core counts. */
const counterHelp = {
  claim_won: "Claims answered won for the first time",
  claim_repeat: "Claims answered won to a user who held the seat before",
  claim_pending: "Claims answered pending",
  claim_sold_out: "Claims answered sold_out",
  claim_not_open: "Claims answered not_open",
  claim_closed: "Claims answered closed",
  claim_paused: "Claims answered paused",
  claim_unavailable: "Claims answered unavailable",
  sold_out_remembered: "Claims among these that were answered from memory, without the gate",
  gate_fenced: "Gate scripts that refused to answer for their epoch",
  gate_unknown: "Gate calls whose outcome is unknown",
  log_unacknowledged: "Claim records that no partition acknowledged in time",
  seats_confirmed: "Pending seats whose record is known to be in the claim log",
  seats_swept: "Pending seats whose record was produced again by the sweeper",
  coupons_issued: "Coupon rows written",
  records_redelivered: "Records whose row was there already",
  records_parked: "Records put into failed_event",
  records_replayed: "Records of failed_event that a replay accounted for, as a row or a conflict",
  records_conflicting: "Records put into issue_conflict",
  seats_repaired:
    "Seats without a row that have one since their record was produced again by a reconciliation",
  events_archived: "Events that were archived",
  rebuilds: "Rebuilds of the gate",
} satisfies Record<CounterName, string>;

/** `sunchak_<name>`, by the guardian's last look at the gates (worker only). */
const gaugeHelp = {
  epoch: "The current epoch of the gate",
  gate_open: "1 when the gates could speak at the last look, 0 while they are rebuilt or unreachable",
  seats_pending: "Seats whose record is not yet known to be in the claim log, over all events",
  events_closed: "Events whose gate could not be built and stays closed",
  seats_without_row:
    "Seats whose record was read and that have no row, over all events, at the last comparison",
  reconcile_differences:
    "Differences between seats and rows that reconciliations could not repair, over all events",
} satisfies Record<GaugeName, string>;

/** Alarms are counted apart from log lines, so that one can be woken by them. */
const ALARMS = { name: "sunchak_alarms_total", help: "Log lines that say that someone has to look" };
const HTTP_SECONDS = {
  name: "sunchak_http_request_seconds",
  help: "Time to answer an HTTP request, by route and status",
  labelNames: ["route", "status"] as const,
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
};

export type Metrics = {
  page: MetricsPage;
  reporter: Reporter;
  observeHttp(request: { route: string; status: number; ms: number }): void;
};

/** One registry per process; nothing is registered globally, so tests may make as many as they like. */
export function createMetrics(log: Log): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const httpSeconds = new Histogram({ ...HTTP_SECONDS, registers: [registry] });
  return {
    page: { contentType: registry.contentType, render: () => registry.metrics() },
    reporter: createReporter(log, registry),
    observeHttp: ({ route, status, ms }) => httpSeconds.observe({ route, status }, ms / 1000),
  };
}

function createReporter(log: Log, registry: Registry): Reporter {
  const counters = new Map<string, Counter>();
  for (const [name, help] of Object.entries(counterHelp))
    counters.set(name, new Counter({ name: `sunchak_${name}_total`, help, registers: [registry] }));
  const gauges = new Map<string, Gauge>();
  for (const [name, help] of Object.entries(gaugeHelp))
    gauges.set(name, new Gauge({ name: `sunchak_${name}`, help, registers: [registry] }));
  const alarms = new Counter({ ...ALARMS, registers: [registry] });
  const mayWarn = oncePerSecond();
  return {
    count: (name, amount = 1) => counters.get(name)?.inc(amount),
    gauge: (name, value) => gauges.get(name)?.set(value),
    info: (message, fields = {}) => log.info(fields, message),
    warn: (message, fields = {}) => {
      const left = mayWarn(message);
      if (left !== null) log.warn(left === 0 ? fields : { ...fields, leftOut: left }, message);
    },
    alarm: (message, fields = {}) => {
      alarms.inc();
      log.error({ ...fields, alarm: true }, message);
    },
  };
}

const WARN_EVERY_MS = 1000;

/**
 * A crowd that meets a frozen service would write the same warning thousands of times a second. Messages are fixed
 * sentences, so there are only a few to remember.
 * @returns for a message: how many of it were left out since it was last written, or null to leave this one out
 */
function oncePerSecond(): (message: string) => number | null {
  const seen = new Map<string, { writtenMs: number; leftOut: number }>();
  return (message) => {
    const nowMs = performance.now();
    const last = seen.get(message);
    if (last && nowMs - last.writtenMs < WARN_EVERY_MS) {
      last.leftOut += 1;
      return null;
    }
    seen.set(message, { writtenMs: nowMs, leftOut: 0 });
    return last?.leftOut ?? 0;
  };
}
