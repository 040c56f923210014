/**
 * The gate as a model: the rules of DESIGN section 6 in memory, with the faults of a real server to hand. The
 * contract test holds it against the real scripts.
 */
import { eventState, type GateSettings } from "../coupon-event.ts";
import {
  type ClaimDecision,
  type ClaimGate,
  type Clock,
  type Fenced,
  type GateBuilder,
  type GateConfigurer,
  type GateReader,
  type GateStatus,
  LIMIT_RAISE_DELAY_MS,
  NotSentError,
} from "../ports.ts";
import type { GateSeat, Seat } from "../seat.ts";

type Entry = { rank: number; claimedAtMs: number };
type EventKeys = {
  epoch: number;
  state: "building" | "open";
  replid: number;
  settings: GateSettings | null;
  claimLimit: number;
  newLimitAtMs: number;
  next: number;
  users: Map<string, Entry>;
  pending: Map<string, Entry>;
  free: Set<number>;
};

export type ModelGate = ClaimGate &
  GateReader &
  GateConfigurer &
  GateBuilder & {
    /** Script cache and memory as after a kill: the scripts go; the data stays unless it is rewound. */
    restart(): void;
    /** The data goes, the scripts stay. */
    flushAll(): void;
    snapshot(): () => void;
    /** A demoted and promoted master: another server identity, same scripts. */
    changeServer(): void;
    /** What the next calls meet: the command never leaves, or it runs and its reply is lost. */
    failNext(how: "not_sent" | "reply_lost", times?: number): void;
    unreachable: boolean;
    keys(eventId: number): EventKeys | undefined;
  };

const fence = { fenced: true, reason: "fence" } as const;

export function modelGate(clock: Clock): ModelGate {
  let events = new Map<number, EventKeys>();
  let scripts = new Set<number>();
  let replid = 1;
  const failures: ("not_sent" | "reply_lost")[] = [];

  /** One script call: transport faults, script cache, then the script itself. */
  async function call<T>(epoch: number, script: () => Fenced<T>): Promise<Fenced<T>> {
    await Promise.resolve();
    if (gate.unreachable) throw new NotSentError("the model is unreachable");
    const failure = failures.shift();
    if (failure === "not_sent") throw new NotSentError("the model did not send it");
    const reply: Fenced<T> = scripts.has(epoch) ? script() : { fenced: true, reason: "no_script" };
    if (failure === "reply_lost") throw new Error("the model lost the reply");
    return reply;
  }

  function openEvent(epoch: number, eventId: number): EventKeys | null {
    const event = events.get(eventId);
    if (event?.epoch !== epoch || event.state !== "open" || event.replid !== replid) return null;
    return event.users.size + event.free.size === event.next ? event : null;
  }

  function buildingEvent(epoch: number, eventId: number): EventKeys | null {
    const event = events.get(eventId);
    return event?.epoch === epoch && event.state === "building" && event.replid === replid ? event : null;
  }

  function claimLimit(event: EventKeys, nowMs: number): number {
    const limit = event.settings?.limit ?? 0;
    return nowMs >= event.newLimitAtMs ? limit : event.claimLimit;
  }

  function seatOf(event: EventKeys, userId: string): GateSeat | null {
    const entry = event.users.get(userId);
    return entry ? { userId, ...entry, pending: event.pending.has(userId) } : null;
  }

  function decide(event: EventKeys, userId: string, nowMs: number): ClaimDecision {
    const settings = event.settings as GateSettings;
    const held = seatOf(event, userId);
    if (held) return { decision: "seated", ...held, isNew: false };
    const limit = claimLimit(event, nowMs);
    const state = eventState(settings, nowMs, limit - event.users.size);
    if (state === "closed" || state === "paused" || state === "sold_out") return { decision: state };
    if (state === "scheduled") return { decision: "not_open", opensAtMs: settings.opensAtMs };
    const rank = event.free.size > 0 ? Math.min(...event.free) : event.next + 1;
    if (!event.free.delete(rank)) event.next = rank;
    const entry = { rank, claimedAtMs: nowMs };
    event.pending.set(userId, entry);
    event.users.set(userId, entry);
    return { decision: "seated", userId, ...entry, pending: true, isNew: true };
  }

  function statusOf(event: EventKeys, nowMs: number): GateStatus {
    const settings = event.settings as GateSettings;
    return {
      nowMs,
      settings,
      claimLimit: claimLimit(event, nowMs),
      limitEffectiveInMs: Math.max(0, event.newLimitAtMs - nowMs),
      next: event.next,
      free: event.free.size,
      pending: event.pending.size,
      remaining: settings.limit - event.users.size,
    };
  }

  const ok = <T>(value: T): Fenced<T> => ({ fenced: false, value });

  const gate: ModelGate = {
    unreachable: false,
    claim: ({ epoch, eventId, userIds }) =>
      call(epoch, () => {
        const event = openEvent(epoch, eventId);
        if (!event) return fence;
        const nowMs = clock.wallMs();
        const decisions = userIds.map((userId) => decide(event, userId, nowMs));
        return ok({ nowMs, issueLimit: event.settings?.limit ?? 0, decisions });
      }),
    confirm: ({ epoch, eventId, seats }) =>
      call(epoch, () => {
        const event = openEvent(epoch, eventId);
        if (!event) return fence;
        const matching = seats.filter((seat) => event.pending.get(seat.userId)?.rank === seat.rank);
        for (const seat of matching) event.pending.delete(seat.userId);
        return ok({ removed: matching.length });
      }),
    status: ({ epoch, eventId, userIds }) =>
      call(epoch, () => {
        const event = openEvent(epoch, eventId);
        if (!event) return fence;
        const seats = userIds.map((userId) => seatOf(event, userId));
        return ok({ ...statusOf(event, clock.wallMs()), seats });
      }),
    pendingSeats: ({ epoch, eventId, olderThanMs, limit }) =>
      call(epoch, () => {
        const event = openEvent(epoch, eventId);
        if (!event) return fence;
        const old = seatsOf(event.pending).filter((seat) => clock.wallMs() - seat.claimedAtMs >= olderThanMs);
        return ok(old.slice(0, limit));
      }),
    configure: ({ epoch, eventId, settings }) =>
      call(epoch, () => {
        const event = openEvent(epoch, eventId);
        if (!event) return fence;
        applySettings(event, settings, clock.wallMs());
        const { version } = event.settings as GateSettings;
        return ok({ version, limitEffectiveInMs: Math.max(0, event.newLimitAtMs - clock.wallMs()) });
      }),

    async scriptsLoaded(epoch) {
      if (gate.unreachable) throw new NotSentError("the model is unreachable");
      return scripts.has(epoch);
    },
    async flushScripts() {
      if (gate.unreachable) throw new NotSentError("the model is unreachable");
      scripts = new Set();
    },
    async loadScripts(epoch) {
      if (gate.unreachable) throw new NotSentError("the model is unreachable");
      scripts.add(epoch);
    },
    begin: ({ epoch, eventId, firstOpening }) =>
      call(epoch, () => {
        const held = events.get(eventId);
        if (held && (firstOpening || held.epoch >= epoch)) return ok("refused");
        const event = held ?? emptyEvent();
        events.set(eventId, Object.assign(event, { epoch, state: "building", replid }));
        return ok("begun");
      }),
    content: ({ epoch, eventId }) =>
      call(epoch, () => {
        const event = buildingEvent(epoch, eventId);
        if (!event) return fence;
        const { users, pending } = event;
        return ok({
          users: seatsOf(users),
          pending: seatsOf(pending),
          malformedUsers: [],
          malformedPending: [],
        });
      }),
    put: ({ epoch, eventId, chunk }) =>
      call(epoch, () => {
        const event = buildingEvent(epoch, eventId);
        if (!event) return fence;
        if (chunk.clearFree) event.free.clear();
        for (const userId of chunk.removeUsers) event.users.delete(userId);
        for (const userId of chunk.removePending) event.pending.delete(userId);
        for (const { userId, rank, claimedAtMs, pending } of chunk.seats) {
          if (pending) event.pending.set(userId, { rank, claimedAtMs });
          event.users.set(userId, { rank, claimedAtMs });
        }
        for (const rank of chunk.freeRanks) event.free.add(rank);
        return ok("put");
      }),
    open: ({ epoch, eventId, settings, next }) =>
      call(epoch, () => {
        const event = buildingEvent(epoch, eventId);
        if (!event) return fence;
        if (event.users.size + event.free.size !== next) return ok("count_mismatch");
        if (settings.version > (event.settings?.version ?? 0))
          Object.assign(event, { settings, claimLimit: settings.limit, newLimitAtMs: 0 });
        Object.assign(event, { next, state: "open" });
        return ok("open");
      }),

    restart() {
      scripts = new Set();
    },
    flushAll() {
      events = new Map();
    },
    snapshot() {
      const saved = structuredClone(events);
      return () => {
        events = structuredClone(saved);
      };
    },
    changeServer() {
      replid += 1;
    },
    failNext(how, times = 1) {
      for (let time = 0; time < times; time += 1) failures.push(how);
    },
    keys: (eventId) => events.get(eventId),
  };
  return gate;
}

function applySettings(event: EventKeys, settings: GateSettings, nowMs: number): void {
  const known = event.settings as GateSettings;
  if (settings.version <= known.version) return;
  const limit = Math.max(known.limit, settings.limit);
  if (limit > known.limit) {
    event.claimLimit = nowMs >= event.newLimitAtMs ? known.limit : event.claimLimit;
    event.newLimitAtMs = nowMs + LIMIT_RAISE_DELAY_MS;
  }
  event.settings = { ...settings, limit };
}

function emptyEvent(): EventKeys {
  return {
    epoch: 0,
    state: "building",
    replid: 0,
    settings: null,
    claimLimit: 0,
    newLimitAtMs: 0,
    next: 0,
    users: new Map(),
    pending: new Map(),
    free: new Set(),
  };
}

function seatsOf(entries: Map<string, Entry>): Seat[] {
  return [...entries].map(([userId, entry]) => ({ userId, ...entry }));
}
