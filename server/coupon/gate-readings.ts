/**
 * Reading the gate: every look at an event's seats goes through here, so that readers who come together share
 * one script call, and nothing read without the lease is ever shown (history 22).
 */
import { isYoungerThan, type Moment, momentOf } from "./age.ts";
import type { Lease } from "./lease.ts";
import { READ_QUEUE_MAX, READING_SHARED_MS } from "./limits.ts";
import { CLAIM_BATCH_MAX, type Clock, type GateReader, type GateStatus, type Reporter } from "./ports.ts";
import type { GateSeat } from "./seat.ts";
import { type SelfClockedQueue, selfClockedQueue } from "./self-clocked-queue.ts";

export type Reading = { status: GateStatus; seat: GateSeat | null };

export interface GateReadings {
  /**
   * The event's status now, and the seat of one user if one is named. Never a cached one: whoever asks while a
   * call is under way gets the next. null: the gate cannot speak (being rebuilt, unreachable, no lease).
   */
  read(eventId: number, userId: string | null): Promise<Reading | null>;
  /**
   * The event's status as it was read at most a quarter of a second ago, by whomever, and the gate's time now. For
   * what everybody sees alike; a seat is never taken from here. null: as above.
   */
  recent(eventId: number): Promise<{ status: GateStatus; nowMs: number } | null>;
  /** The gate's clock as far as this process knows it: the last reading's time, moved on by the monotonic clock. */
  nowMs(): number;
  /** Whether that is the gate's clock already, and not our own. */
  knowsTime(): boolean;
}

export function createGateReadings(options: {
  gate: GateReader;
  lease: Lease;
  clock: Clock;
  reporter: Reporter;
}): GateReadings {
  const { gate, lease, clock, reporter } = options;
  const queues = new Map<number, SelfClockedQueue<string | null, Reading | null>>();
  const latest = new Map<number, { epoch: number; status: GateStatus; askedAt: Moment; arrivedMs: number }>();
  /** Readings that whoever wants a recent one waits for together. */
  const underWay = new Map<number, Promise<Reading | null>>();
  let offsetMs: number | null = null;

  async function readBatch(eventId: number, users: (string | null)[]): Promise<(Reading | null)[]> {
    const nothing = users.map(() => null);
    const current = lease.current();
    if (!current) return nothing;
    const userIds = [...new Set(users.filter((user) => user !== null))];
    const askedAt = momentOf(clock);
    try {
      const reply = await gate.status({ epoch: current.epoch, eventId, userIds });
      if (reply.fenced) {
        reporter.count("gate_fenced");
        return nothing;
      }
      if (!lease.holds(current.epoch)) return nothing;
      const { seats, ...status } = reply.value;
      const arrivedMs = clock.monotonicMs();
      offsetMs = status.nowMs - arrivedMs;
      latest.set(eventId, { epoch: current.epoch, status, askedAt, arrivedMs });
      const byUser = new Map(userIds.map((userId, index) => [userId, seats[index] ?? null]));
      return users.map((user) => ({ status, seat: user === null ? null : (byUser.get(user) ?? null) }));
    } catch (error) {
      reporter.count("gate_unknown");
      reporter.warn("reading the gate failed", { eventId, error });
      return nothing;
    }
  }

  function queueOf(eventId: number): SelfClockedQueue<string | null, Reading | null> {
    let queue = queues.get(eventId);
    if (!queue) {
      queue = selfClockedQueue({
        run: (users) => readBatch(eventId, users),
        batchMax: CLAIM_BATCH_MAX,
        lengthMax: READ_QUEUE_MAX,
      });
      queues.set(eventId, queue);
    }
    return queue;
  }

  async function read(eventId: number, userId: string | null): Promise<Reading | null> {
    return (await queueOf(eventId).push(userId)?.result) ?? null;
  }

  function readTogether(eventId: number): Promise<Reading | null> {
    const known = underWay.get(eventId);
    if (known) return known;
    const reading = read(eventId, null).finally(() => underWay.delete(eventId));
    underWay.set(eventId, reading);
    return reading;
  }

  return {
    read,
    async recent(eventId) {
      const known = latest.get(eventId);
      // Under the lease at the time of showing, as if it had been read now.
      if (known && isYoungerThan(READING_SHARED_MS, known.askedAt, clock) && lease.holds(known.epoch)) {
        const { status, arrivedMs } = known;
        return { status, nowMs: Math.round(status.nowMs + clock.monotonicMs() - arrivedMs) };
      }
      const reading = await readTogether(eventId);
      return reading && { status: reading.status, nowMs: reading.status.nowMs };
    },
    knowsTime: () => offsetMs !== null,
    nowMs: () => Math.round(offsetMs === null ? clock.wallMs() : clock.monotonicMs() + offsetMs),
  };
}
