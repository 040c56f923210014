/** The scripts of a rebuild, as plain functions: begin, content, put, open. */
import type { GateSettings } from "../coupon-event.ts";
import type { Fenced, GateContent, PutChunk } from "../ports.ts";
import { type EventKeys, emptyEvent, type GateServer, seatsOf, write } from "./gate-server.ts";
import { fence, ok } from "./serving-scripts.ts";

type Place = { epoch: number; eventId: number };

function buildingEvent(server: GateServer, { epoch, eventId }: Place): EventKeys | null {
  const event = server.events.get(eventId);
  if (!event?.hasMeta || server.replid === null) return null;
  if (!server.rules.buildEpochCheck) return event;
  if (event.epoch !== epoch) return null;
  return event.state === "building" && event.replid === server.replid ? event : null;
}

export function beginScript(
  server: GateServer,
  call: Place & { firstOpening: boolean },
): Fenced<"begun" | "refused"> {
  if (server.replid === null) return fence;
  const held = server.events.get(call.eventId);
  const { beginRefusesOlder, firstOpeningRefusesKeys } = server.rules;
  if (held && call.firstOpening && firstOpeningRefusesKeys) return ok("refused");
  if (held?.hasMeta && beginRefusesOlder && held.epoch >= call.epoch) return ok("refused");
  const event = held ?? emptyEvent();
  if (!event.hasMeta) Object.assign(event, { hasMeta: true, settings: null, next: 0 });
  server.events.set(
    call.eventId,
    Object.assign(event, { epoch: call.epoch, state: "building", replid: server.replid }),
  );
  return ok("begun");
}

export function contentScript(server: GateServer, call: Place): Fenced<GateContent> {
  const event = buildingEvent(server, call);
  if (!event) return fence;
  return ok({
    users: seatsOf(event.users),
    pending: seatsOf(event.pending),
    malformedUsers: [],
    malformedPending: [],
  });
}

/** A seat is in pending exactly when the chunk says so. */
export function putScript(server: GateServer, call: Place & { chunk: PutChunk }): Fenced<"put"> {
  const event = buildingEvent(server, call);
  if (!event) return fence;
  const { chunk } = call;
  if (chunk.clearFree) event.free.clear();
  for (const userId of chunk.removeUsers) event.users.delete(userId);
  for (const userId of chunk.removePending) event.pending.delete(userId);
  for (const { userId, pending } of chunk.seats) if (!pending) event.pending.delete(userId);
  write(server, () => {
    for (const { userId, rank, claimedAtMs, pending } of chunk.seats)
      if (pending) event.pending.set(userId, { rank, claimedAtMs });
  });
  write(server, () => {
    for (const { userId, rank, claimedAtMs } of chunk.seats) event.users.set(userId, { rank, claimedAtMs });
  });
  write(server, () => {
    for (const rank of chunk.freeRanks) event.free.add(rank);
  });
  return ok("put");
}

export function openScript(
  server: GateServer,
  call: Place & { settings: GateSettings; next: number },
): Fenced<"open" | "count_mismatch"> {
  const event = buildingEvent(server, call);
  if (!event) return fence;
  const matches = event.users.size + event.free.size === call.next;
  if (server.rules.openCountCheck && !matches) return ok("count_mismatch");
  const known = event.settings;
  const { version } = call.settings;
  const limit = version === known?.version ? 0 : (known?.limit ?? 0);
  if (!known || !server.rules.newerSettingsOnly || version >= known.version)
    event.settings = { ...call.settings, limit: Math.max(limit, call.settings.limit) };
  // A raise counts at once: memory of "sold out" belongs to an epoch, and this one has none yet.
  Object.assign(event, {
    claimLimit: event.settings?.limit,
    newLimitAtMs: 0,
    next: call.next,
    outbox: event.pending.size,
    state: "open",
  });
  return ok("open");
}
