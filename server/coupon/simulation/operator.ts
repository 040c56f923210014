/** The operator's commands, as `event:create` and `event:set` carry them out: MySQL, then wait until the gate obeys. */
import { gateSettings } from "../coupon-event.ts";
import { createLease } from "../lease.ts";
import { portsOf } from "./ports.ts";
import type { Life } from "./process.ts";
import { replay } from "./replay.ts";
import { shown } from "./trace.ts";
import type { Operator, Ports, World } from "./world.ts";

const LOOK_EVERY_MS = 200;
const PATIENCE_MS = 30_000;

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
        for (const record of world.database.tables.failed)
          if (record.state === "parked")
            await replay(store, record).catch((error) => trace(name, () => shown(error)));
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
