/** The scripts that serve an open gate, as plain functions: claim, confirm, status, pending seats, all seats, configure. */
import { eventState, type GateSettings } from "../coupon-event.ts";
import { type ClaimDecision, type Fenced, type GateStatus, LIMIT_RAISE_DELAY_MS } from "../ports.ts";
import type { GateSeat, Seat } from "../seat.ts";
import {
  claimLimit,
  type EventKeys,
  emptyEvent,
  type GateServer,
  seatOf,
  seatsOf,
  write,
} from "./gate-server.ts";

export const fence = { fenced: true, reason: "fence" } as const;
export const ok = <T>(value: T): Fenced<T> => ({ fenced: false, value });

type Place = { epoch: number; eventId: number };

/** The fence: null when the script must answer FENCE. */
function servingEvent(server: GateServer, { epoch, eventId }: Place): EventKeys | null {
  const event = server.events.get(eventId);
  const { epochCheck, replidCheck, countCheck, outboxCheck } = server.rules;
  if (!event?.hasMeta || event.settings === null || server.replid === null) return null;
  if (epochCheck && event.epoch !== epoch) return null;
  if (event.state !== "open" || (replidCheck && event.replid !== server.replid)) return null;
  if (countCheck && event.users.size + event.free.size !== event.next) return null;
  if (outboxCheck && event.pending.size !== event.outbox) return null;
  return event;
}

export function claimScript(
  server: GateServer,
  call: Place & { userIds: readonly string[] },
): Fenced<{ nowMs: number; issueLimit: number; decisions: ClaimDecision[] }> {
  demandDistinct(call.userIds);
  const event = servingEvent(server, call);
  if (!event) return fence;
  const nowMs = server.nowMs();
  const line = { next: event.next, free: [...event.free].sort((a, b) => a - b) };
  const decisions = call.userIds.map((userId) => decide(event, userId, nowMs, line));
  seat(server, event, line, decisions);
  return ok({ nowMs, issueLimit: event.settings?.limit ?? 0, decisions });
}

type Line = { next: number; free: number[] };

function decide(event: EventKeys, userId: string, nowMs: number, line: Line): ClaimDecision {
  const held = seatOf(event, userId);
  if (held) return { decision: "seated", ...held, isNew: false };
  const settings = event.settings as GateSettings;
  const state = eventState(settings, nowMs, null);
  if (state === "closed" || state === "paused") return { decision: state };
  if (state === "scheduled") return { decision: "not_open", opensAtMs: settings.opensAtMs };
  const rank = takeRank(line, claimLimit(event, nowMs));
  if (rank === null) return { decision: "sold_out" };
  return { decision: "seated", userId, rank, claimedAtMs: nowMs, pending: true, isNew: true };
}

/** Gaps first; null when every seat is taken. */
function takeRank(line: Line, limit: number): number | null {
  const gap = line.free.shift();
  if (gap !== undefined) return gap;
  if (line.next >= limit) return null;
  line.next += 1;
  return line.next;
}

/** In the order free, next, pending, users: an error half-way only leaks a rank, and the count finds that. */
function seat(server: GateServer, event: EventKeys, line: Line, decisions: ClaimDecision[]): void {
  const seats = decisions.filter(
    (decision) => decision.decision === "seated" && decision.isNew,
  ) as GateSeat[];
  if (seats.length === 0) return;
  const entries = seats.map(({ userId, rank, claimedAtMs }) => [userId, { rank, claimedAtMs }] as const);
  write(server, () => {
    event.free = new Set(line.free);
  });
  write(server, () => {
    event.next = line.next;
    event.outbox += seats.length;
  });
  write(server, () => {
    for (const [userId, entry] of entries) event.pending.set(userId, entry);
  });
  write(server, () => {
    for (const [userId, entry] of entries) event.users.set(userId, entry);
  });
}

export function confirmScript(
  server: GateServer,
  call: Place & { seats: readonly Seat[] },
): Fenced<{ removed: number }> {
  demandDistinct(call.seats.map(({ userId }) => userId));
  const event = servingEvent(server, call);
  if (!event) return fence;
  const matching = call.seats.filter(({ userId, rank }) => event.pending.get(userId)?.rank === rank);
  write(server, () => {
    event.outbox -= matching.length;
  });
  for (const { userId } of matching) event.pending.delete(userId);
  return ok({ removed: matching.length });
}

export function statusScript(
  server: GateServer,
  call: Place & { userIds: readonly string[] },
): Fenced<GateStatus & { seats: (GateSeat | null)[] }> {
  demandDistinct(call.userIds);
  const event = servingEvent(server, call);
  if (!event) return fence;
  const nowMs = server.nowMs();
  const settings = event.settings as GateSettings;
  return ok({
    nowMs,
    settings,
    claimLimit: claimLimit(event, nowMs),
    limitEffectiveInMs: Math.max(0, event.newLimitAtMs - nowMs),
    next: event.next,
    free: event.free.size,
    pending: event.pending.size,
    remaining: settings.limit - event.users.size,
    seats: call.userIds.map((userId) => seatOf(event, userId)),
  });
}

export function pendingScript(
  server: GateServer,
  call: Place & { olderThanMs: number; limit: number },
): Fenced<Seat[]> {
  const event = servingEvent(server, call);
  if (!event) return fence;
  const nowMs = server.nowMs();
  const isOld = ({ claimedAtMs }: Seat) =>
    nowMs - claimedAtMs >= call.olderThanMs || (server.rules.futureIsOld && claimedAtMs > nowMs);
  return ok(seatsOf(event.pending).filter(isOld).slice(0, call.limit));
}

/** All pages at once: what a scan guarantees is that no seat goes while it lasts. */
export function seatsScript(
  server: GateServer,
  call: Place,
): Fenced<{ seats: GateSeat[]; malformed: string[] }> {
  const event = servingEvent(server, call);
  if (!event) return fence;
  const seats = [...event.users.keys()].map((userId) => seatOf(event, userId) as GateSeat);
  return ok({ seats, malformed: [] });
}

export function configureScript(
  server: GateServer,
  call: Place & { settings: GateSettings },
): Fenced<{ version: number; limitEffectiveInMs: number }> {
  if (!server.rules.configureNeedsMeta) createMeta(server, call);
  const any = server.events.get(call.eventId);
  const event = server.rules.configureNeedsOpen || !any?.settings ? servingEvent(server, call) : any;
  if (!event) return fence;
  const nowMs = server.nowMs();
  applySettings(server, event, call.settings);
  const { version } = event.settings as GateSettings;
  return ok({ version, limitEffectiveInMs: Math.max(0, event.newLimitAtMs - nowMs) });
}

/** Only with a rule taken away: what a script that writes without looking would do (history 9). */
function createMeta(
  server: GateServer,
  { epoch, eventId, settings }: Place & { settings: GateSettings },
): void {
  const event = server.events.get(eventId) ?? emptyEvent();
  if (event.hasMeta && event.epoch > 0) return;
  const created = { hasMeta: true, epoch, state: "open", settings, claimLimit: settings.limit } as const;
  server.events.set(eventId, Object.assign(event, created, { replid: server.replid }));
}

function applySettings(server: GateServer, event: EventKeys, settings: GateSettings): void {
  const known = event.settings as GateSettings;
  const nowMs = server.nowMs();
  // A wait longer than the delay began before the clock was set back.
  event.newLimitAtMs = Math.min(event.newLimitAtMs, nowMs + LIMIT_RAISE_DELAY_MS);
  if (server.rules.newerSettingsOnly && settings.version <= known.version) return;
  const limit = server.rules.limitOnlyGrows ? Math.max(known.limit, settings.limit) : settings.limit;
  if (limit > known.limit) {
    event.claimLimit = claimLimit(event, nowMs);
    event.newLimitAtMs = server.rules.raiseDelay ? nowMs + LIMIT_RAISE_DELAY_MS : 0;
  }
  event.settings = { ...settings, limit };
}

/** As the real adapter does: the scripts rely on it. */
function demandDistinct(userIds: readonly string[]): void {
  if (new Set(userIds).size !== userIds.length) throw new RangeError("a user stands twice in one call");
}
