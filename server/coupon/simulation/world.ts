/** What a simulated Sunchak is made of; `create-world.ts` makes one. */
import type { EventChange, NewCouponEvent } from "../coupon-event.ts";
import type { Lease } from "../lease.ts";
import type { GateRules } from "../model/gate-server.ts";
import type { Gate } from "../model/model-gate.ts";
import type { Clock, LogRecord, RecordOrigin, Reporter } from "../ports.ts";
import type { RebuildOptions } from "../rebuild.ts";
import type { SoldOutParts } from "../sold-out.ts";
import type { AccountPorts } from "./account-ports.ts";
import type { Book } from "./book.ts";
import type { Database } from "./database.ts";
import type { DatabasePorts } from "./database-ports.ts";
import type { Evidence } from "./evidence.ts";
import type { Log } from "./log.ts";
import type { LogPorts } from "./log-ports.ts";
import type { Life, Process } from "./process.ts";
import type { Random } from "./random.ts";
import type { Redis } from "./redis.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Trace } from "./trace.ts";
import type { SimulatedStore } from "./transactions.ts";
import type { Wire } from "./wire.ts";

/** Redis's clock at the beginning; the wall clocks of processes start near it. */
export const WALL_START_MS = Date.UTC(2030, 0, 1);

export type WorldSettings = {
  leaseMs: number;
  topic: string;
  /** may grow while the world runs; a guardian reads it when it starts */
  partitions: number;
  webs: number;
  readers: number;
  guardians: number;
  /** Which of its two clocks a process may lose; nothing protects a process that loses both at once. */
  failingClock: "monotonic" | "wall";
};

export type World = {
  settings: WorldSettings;
  planted: PlantedFault;
  duplicates: number;
  scheduler: Scheduler;
  random: Random;
  trace: Trace;
  /** empty unless the world was asked to keep a trace */
  lines: readonly string[];
  wire: Wire;
  redis: Redis;
  log: Log;
  database: Database;
  evidence: Evidence;
  book: Book;
  webs: Web[];
  readers: Process[];
  guardians: Process[];
  operator: Operator;
  /** until then every other append to the log arrives very late */
  slowLogUntilMs: number;
  /** records of a newer program: the workers understand them once everything is healed */
  newerRecords: LogRecord[];
  /** rows that somebody has deleted by hand */
  lostRows: number;
  healed: boolean;
  healedAtMs: number;
  /** Something more that goes wrong, or is mended, later; nothing any more once the world is healed. */
  later(ms: number, run: () => void): void;
  processes(): Process[];
  startProcess(name: string, main: (life: Life) => void): Process;
  reporter(name: string): Reporter;
};

export type Question = "claim" | "status" | "view";

export type Web = {
  process: Process;
  /** Asks this process on behalf of a user; whatever it answers is entered in the book. */
  ask(question: Question, call: { eventId: number; userId: string }): void;
};

export type Operator = {
  process: Process;
  create(event: NewCouponEvent): void;
  change(eventId: number, change: EventChange): void;
  /** Closes the event and archives it, if it can be archived within some seconds. */
  archive(eventId: number): void;
  /** Tries to make rows of everything that is parked. */
  replay(): void;
  /** Gives up the first parked seat, and has the gates rebuilt. */
  discard(): void;
  setAside(origin: RecordOrigin): void;
  rebuild(): void;
};

/** All ports of one life of one process. */
export type Ports = DatabasePorts &
  AccountPorts &
  LogPorts & { gate: Gate; store: SimulatedStore; clock: Clock };

/** A rule taken away: wrappers around the ports of a process, or a script of the gate that does not look. */
export type PlantedFault = {
  gateRules?: Partial<GateRules>;
  ports?: (ports: Ports, place: { world: World; life: Life }) => Ports;
  lease?: (lease: Lease, ports: Ports) => Lease;
  /** parts of the memory of "sold out" in the place of its own */
  soldOut?: (parts: SoldOutParts) => Partial<SoldOutParts>;
  rebuild?: Partial<RebuildOptions>;
  /** offsets are committed before the batch is issued */
  commitsFirst?: boolean;
  /** in the place of the rebuild that gives a discarded seat back */
  afterDiscard?: (world: World, seat: { eventId: number; userId: string; rank: number }) => void;
};
