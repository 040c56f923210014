/** The worker's two halves, each a process of its own here: the reader of the claim log, and the guardian. */
import { createDoubts } from "../doubts.ts";
import { createExaminer } from "../examine.ts";
import { createGuardian } from "../guardian.ts";
import { createIssuer, type Issuer } from "../issue.ts";
import { createLease } from "../lease.ts";
import { silentReporter } from "../model/silent-reporter.ts";
import { createReplayer } from "../replay.ts";
import { createSweeper } from "../sweep.ts";
import { startKeeping } from "./keeping.ts";
import { portsOf } from "./ports.ts";
import type { Life, Process } from "./process.ts";
import type { PlantedFault, Ports, World } from "./world.ts";

const GUARDIAN_EVERY_MS = 1000;
const TOPICS_EVERY_MS = 1000;
const DRAIN_STALL_MS = 8000;
const POLL_MS = 100;
const RETRY_MS = 300;
const REPLAY_EVERY_MS = 1000;

export function startGuardian(world: World, name: string): Process {
  const { planted, settings } = world;
  return world.startProcess(name, (life) => {
    const ports = portsOf(world, life);
    const { gate, log, markers, ledger, events, epochs, clock } = ports;
    const { leaseMs } = settings;
    // Read at the start of each life, as from its environment.
    const target = { topic: settings.topic, partitions: settings.partitions };
    const reporter = world.reporter(name);
    const plainLease = createLease({ epochs, clock, leaseMs });
    const lease = planted.lease?.(plainLease, ports) ?? plainLease;
    const doubts = createDoubts();
    const guardian = createGuardian(
      {
        ...{ epochs, events, ledger, markers, lease, clock, reporter },
        builder: gate,
        configurer: gate,
        examiner: createExaminer({
          ...{ epochs, builder: gate, reader: gate, ledger, doubts, clock, reporter, target },
        }),
        sweeper: createSweeper({ gate, log, lease, reporter }),
      },
      rebuildOptions(leaseMs, planted),
    );
    life.forever(Math.min(1000, leaseMs / 5), () => lease.refresh());
    life.forever(GUARDIAN_EVERY_MS, () => guardian.tick(new AbortController().signal));
    startKeeping(world, { life, ports, lease, doubts });
  });
}

export function rebuildOptions(leaseMs: number, planted: PlantedFault) {
  return {
    ...{ leaseMs, drainStallMs: DRAIN_STALL_MS, pollMs: POLL_MS },
    leaseMarginMs: 100 + leaseMs / 10,
    ...planted.rebuild,
  };
}

export function startReader(world: World, name: string): Process {
  return world.startProcess(name, (life) => {
    const ports = portsOf(world, life);
    const issuer = createIssuer({ store: ports.store, reporter: silentReporter });
    const replayer = createReplayer({ store: ports.store, reporter: silentReporter });
    life.forever(REPLAY_EVERY_MS, () => replayer.replayDue(new AbortController().signal));
    const followed = new Set<string>();
    life.forever(TOPICS_EVERY_MS, async () => {
      const { topic } = await ports.epochs.currentEpoch();
      const earlier = (await ports.epochs.logTopics()).map((known) => known.topic);
      for (const name of new Set([topic, ...earlier])) {
        if (name === "") continue;
        for (const partition of await ports.reader.partitionsOf(name)) {
          const key = `${name}/${partition}`;
          if (followed.has(key)) continue;
          followed.add(key);
          void follow({ world, life, ports, issuer, topic: name, partition });
        }
      }
    });
  });
}

type Following = {
  world: World;
  life: Life;
  ports: Ports;
  issuer: Issuer;
  topic: string;
  partition: number;
};

/** Reads one partition for ever: the transaction first, then the offsets; whatever fails comes again. */
async function follow({ world, life, ports, issuer, topic, partition }: Following): Promise<void> {
  const { reader } = ports;
  const { clock } = life;
  let position: number | null = null;
  for (;;) {
    try {
      const max = world.random.between(1, 6);
      const fetched = await reader.fetch({ topic, partition, position, max });
      if (fetched === null) {
        position = null;
        await clock.sleep(RETRY_MS);
        continue;
      }
      if (fetched.records.length === 0) continue;
      const { records, nextOffset } = fetched;
      const commit = () => reader.commit({ topic, partition, offset: nextOffset });
      if (world.planted.commitsFirst) await commit().catch(() => {});
      await issuer.issue({ topic, partition }, records);
      // A commit that is refused or lost means that the records come again, to this reader or another.
      if (!world.planted.commitsFirst) await commit();
      position = nextOffset;
    } catch {
      await clock.sleep(RETRY_MS);
    }
  }
}
