/** A whole Sunchak over modelled services: web processes, a worker and a guardian, wired as the roots wire them. */
import { type Claims, createClaims } from "../claim.ts";
import type { CouponEvent } from "../coupon-event.ts";
import { createDirectory } from "../directory.ts";
import { createDoubts } from "../doubts.ts";
import { createExaminer } from "../examine.ts";
import { createGateReadings, type GateReadings } from "../gate-readings.ts";
import { createGuardian, type Guardian } from "../guardian.ts";
import { createHandOff } from "../hand-off.ts";
import { createIssuer } from "../issue.ts";
import { createLease, type Lease } from "../lease.ts";
import { createSeatingDesk } from "../seating.ts";
import { createSoldOutMemory } from "../sold-out.ts";
import { createSweeper } from "../sweep.ts";
import { type ModelClock, modelClock, settle } from "./model-clock.ts";
import { type ModelDatabase, modelDatabase } from "./model-database.ts";
import { type ModelGate, modelGate } from "./model-gate.ts";
import { type Keeping, modelKeeping } from "./model-keeping.ts";
import { type ModelLog, modelLog } from "./model-log.ts";
import { silentReporter } from "./silent-reporter.ts";

export { silentReporter };

export const MODEL_TOPIC = { topic: "coupon.request", partitions: 2 };
export const MODEL_LEASE_MS = 5000;

export type ModelWeb = { claims: Claims; lease: Lease; readings: GateReadings; refresh(): Promise<void> };

export type ModelWorld = {
  clock: ModelClock;
  gate: ModelGate;
  log: ModelLog;
  database: ModelDatabase;
  guardian: Guardian;
  guardianLease: Lease;
  keeping: Keeping;
  /** @param clock a wrong clock of its own, if it has one */
  web(clock?: ModelClock): ModelWeb;
  addEvent(event?: Partial<CouponEvent>): CouponEvent;
  /** The worker reads everything that the log holds and it has not read yet. */
  drainLog(): Promise<void>;
  /** The worker reads nothing while this is true. */
  workerStopped: boolean;
  /** Time passes while guardian, worker and every lease do their work. */
  run(ms: number): Promise<void>;
};

export function modelWorld(): ModelWorld {
  const clock = modelClock();
  const gate = modelGate(clock);
  const log = modelLog();
  const database = modelDatabase(clock);
  const reporter = silentReporter;
  const guardianLease = createLease({ epochs: database, clock, leaseMs: MODEL_LEASE_MS });
  const target = MODEL_TOPIC;
  const doubts = createDoubts();
  const examiner = createExaminer({
    epochs: database,
    builder: gate,
    reader: gate,
    ledger: database,
    doubts,
    clock,
    reporter,
    target,
  });
  const sweeper = createSweeper({ gate, log, lease: guardianLease, reporter });
  const guardian = createGuardian(
    {
      epochs: database,
      events: database,
      ledger: database,
      builder: gate,
      markers: log,
      clock,
      reporter,
      examiner,
      configurer: gate,
      sweeper,
      lease: guardianLease,
    },
    { leaseMs: MODEL_LEASE_MS, leaseMarginMs: 500, drainStallMs: 10_000, pollMs: 50 },
  );
  const issuer = createIssuer({ store: database, reporter });
  const offsets = new Map<string, number>();
  const webs: ModelWeb[] = [];

  const world: ModelWorld = {
    clock,
    gate,
    log,
    database,
    guardian,
    guardianLease,
    keeping: modelKeeping({ clock, gate, log, database, lease: guardianLease, doubts, reporter }),
    workerStopped: false,
    web(webClock = clock) {
      const web = composeWeb({ clock: webClock, gate, log, database });
      webs.push(web);
      return web;
    },
    addEvent(event = {}) {
      const id = database.tables().events.size + 1;
      const nowMs = clock.wallMs();
      const added: CouponEvent = {
        id,
        displayName: `event ${id}`,
        issueLimit: 3,
        opensAtMs: nowMs,
        closesAtMs: null,
        expiresAtMs: nowMs + 86_400_000,
        discount: { type: "FIXED_AMOUNT", amount: 1000 },
        status: "active",
        version: 1,
        openedEpoch: null,
        ...event,
      };
      database.tables().events.set(id, added);
      return added;
    },
    async drainLog() {
      const { topic } = target;
      const partitions = Math.max(target.partitions, database.tables().gate.partitions);
      for (let partition = 0; partition < partitions; partition += 1) {
        const from = offsets.get(`${topic}/${partition}`) ?? 0;
        const records = log.records(topic, partition).slice(from);
        if (records.length === 0) continue;
        await issuer.issue({ topic, partition }, records);
        offsets.set(`${topic}/${partition}`, from + records.length);
        log.commit(topic, partition, from + records.length);
      }
    },
    async run(ms) {
      const stop = new AbortController();
      let resting = true;
      const tick = async () => {
        if (!resting) return;
        resting = false;
        await guardian.tick(stop.signal).catch(() => {});
        resting = true;
      };
      for (let passed = 0; passed < ms; passed += 250) {
        void tick();
        if (!world.workerStopped) await world.drainLog().catch(() => {});
        for (const web of webs) await web.refresh().catch(() => {});
        await guardianLease.refresh().catch(() => {});
        await clock.advance(250);
      }
      stop.abort();
      await settle();
    },
  };
  return world;
}

function composeWeb(parts: {
  clock: ModelClock;
  gate: ModelGate;
  log: ModelLog;
  database: ModelDatabase;
}): ModelWeb {
  const { clock, gate, log, database } = parts;
  const reporter = silentReporter;
  const lease = createLease({ epochs: database, clock, leaseMs: MODEL_LEASE_MS });
  const directory = createDirectory({ source: database });
  const readings = createGateReadings({ gate, lease, clock, reporter });
  const handOff = createHandOff({ log, gate, lease, reporter });
  const desk = createSeatingDesk({ gate, rows: database, lease, reporter });
  const claims = createClaims({
    directory,
    desk,
    handOff,
    readings,
    soldOut: createSoldOutMemory({ gate, lease, clock, reporter }),
    rows: database,
    lease,
    clock,
    reporter,
  });
  return {
    claims,
    lease,
    readings,
    async refresh() {
      await Promise.all([lease.refresh(), directory.refresh()]);
    },
  };
}
