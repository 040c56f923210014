/** The operator's commands, as `event:create` and `event:set` carry them out: MySQL, then wait until the gate obeys. */
import { gateSettings } from "../coupon-event.ts";
import { discardRecord, namedSeat } from "../discard.ts";
import { createLease } from "../lease.ts";
import { silentReporter } from "../model/silent-reporter.ts";
import type { Clock } from "../ports.ts";
import { rebuild } from "../rebuild.ts";
import { createReplayer } from "../replay.ts";
import { composeKeeping } from "./keeping.ts";
import { portsOf } from "./ports.ts";
import type { Life } from "./process.ts";
import { shown } from "./trace.ts";
import { rebuildOptions } from "./worker.ts";
import type { Operator, Ports, World } from "./world.ts";

const LOOK_EVERY_MS = 200;
const PATIENCE_MS = 30_000;
const ARCHIVE_PATIENCE_MS = 6000;

export function startOperator(world: World, name: string): Operator {
  const { evidence, trace, settings, planted } = world;
  let run: (command: (ports: Ports, lease: ReturnType<typeof createLease>) => Promise<void>) => void;

  const process = world.startProcess(name, (life: Life) => {
    const ports = portsOf(world, life);
    const plain = createLease({ epochs: ports.epochs, clock: ports.clock, leaseMs: settings.leaseMs });
    const lease = planted.lease?.(plain, ports) ?? plain;
    life.forever(settings.leaseMs / 5, () => lease.refresh());
    run = (command) => life.deliver(() => void command(ports, lease).catch(() => {}));
  });

  /** Whoever wants to discard something waits for it to be parked. */
  async function firstParkedSeat(clock: Clock) {
    const untilMs = clock.monotonicMs() + PATIENCE_MS / 10;
    for (;;) {
      const parked = world.database.tables.failed.find(
        ({ state, value }) => state === "parked" && namedSeat(value) !== null,
      );
      if (parked || clock.monotonicMs() > untilMs || world.healed) return parked;
      await clock.sleep(LOOK_EVERY_MS);
    }
  }

  /** Tried once: an attempt that fails behind its new epoch is the guardians' to finish. */
  async function rebuildNow(ports: Ports): Promise<void> {
    const { gate: builder, markers, ledger, events, epochs, clock } = ports;
    const { topic, partitions } = await epochs.currentEpoch();
    const reporter = world.reporter(name);
    await epochs.withRebuildLock(() =>
      rebuild(
        { builder, markers, ledger, events, epochs, clock, reporter },
        {
          ...rebuildOptions(settings.leaseMs, planted),
          ...{ target: { topic, partitions }, reason: "an operator's wish" },
          signal: new AbortController().signal,
        },
      ),
    );
  }

  return {
    process,
    create(event) {
      run(async ({ events }) => {
        const created = await events.createEvent(event);
        trace(name, () => `created event ${created.id}`);
      });
    },
    replay() {
      run(async ({ store }) => {
        const replayer = createReplayer({ store, reporter: silentReporter });
        for (const { id, state } of world.database.tables.failed) {
          if (state !== "parked") continue;
          const outcome = await replayer.replay(id).catch((error: unknown) => error);
          trace(name, () => `replays record ${id}: ${shown(outcome)}`);
        }
      });
    },
    discard() {
      run(async (ports) => {
        const parked = await firstParkedSeat(ports.clock);
        if (!parked) return;
        const outcome = await discardRecord(ports.store, parked.id);
        trace(name, () => `discards record ${parked.id}: ${shown(outcome)}`);
        if (outcome.status !== "discarded" || !outcome.seat) return;
        if (planted.afterDiscard) planted.afterDiscard(world, outcome.seat);
        else await rebuildNow(ports);
      });
    },
    setAside(origin) {
      run(({ store }) => store.setAside({ origin, reason: "of a newer program" }).then(() => {}));
    },
    rebuild() {
      run(rebuildNow);
    },
    archive(eventId) {
      run(async (ports, lease) => {
        const { archiver } = composeKeeping(ports, { lease, reporter: world.reporter(name) });
        await ports.events.changeEvent(eventId, { status: "closed" }).catch(() => {});
        const untilMs = ports.clock.monotonicMs() + ARCHIVE_PATIENCE_MS;
        while (ports.clock.monotonicMs() < untilMs) {
          const wait = { logWaitMs: LOOK_EVERY_MS, signal: new AbortController().signal };
          const outcome = await archiver.archive(eventId, wait).catch((error: unknown) => error);
          trace(name, () => `archives event ${eventId}: ${shown(outcome)}`);
          if ((outcome as { status?: string }).status === "archived") return;
          await ports.clock.sleep(LOOK_EVERY_MS);
        }
      });
    },
    change(eventId, change) {
      const stopping = change.status !== undefined && change.status !== "active";
      run(async ({ events, gate, clock }, lease) => {
        const event = await events.changeEvent(eventId, change);
        const untilMs = clock.monotonicMs() + PATIENCE_MS;
        while (clock.monotonicMs() < untilMs) {
          const epoch = lease.current()?.epoch;
          const status = epoch && (await gate.status({ epoch, eventId, userIds: [] }).catch(() => null));
          const obeys =
            status && !status.fenced && lease.holds(epoch) && status.value.settings.version >= event.version;
          if (obeys && status.value.limitEffectiveInMs === 0) {
            trace(name, () => `event ${eventId} obeys version ${event.version}`);
            if (stopping) evidence.stopped(eventId, event.version);
            return;
          }
          if (epoch && !obeys)
            await gate.configure({ epoch, eventId, settings: gateSettings(event) }).catch(() => null);
          await clock.sleep(LOOK_EVERY_MS);
        }
      });
    },
  };
}
