/** `npm run gate`: what the gate is doing, a rebuild by hand, and the way back after MySQL was restored. */
import { commandEnv } from "#server/env";
import { connectGate, type GateParts } from "./lib/gate-parts.ts";
import { parseMoment } from "./lib/moment.ts";
import { readOptions, reasonOf, required } from "./lib/options.ts";
import { CommandError } from "./lib/run-command.ts";
import { runSubcommands } from "./lib/subcommands.ts";
import { UsageError } from "./lib/usage.ts";

const HELP = `npm run gate -- status
npm run gate -- rebuild [--reason <text>]
npm run gate -- replay --from <moment> [--above-limit]

  status   the epoch, why it began, how far the workers have read, and each event's gate
  rebuild  begins a new epoch and builds every gate from what is certain; claims are unavailable for a few seconds.
           A worker must run. The guardian does this by itself whenever it is needed
  replay   after MySQL was restored from a backup: begins an epoch above every one in the claim log, and issues again
           what the log holds from this moment on. Choose one before the backup was made; too early does no harm.
           The guardian rebuilds afterwards, when a worker runs. Ranks above an event's limit say that the limit
           was raised after the backup: restore it first (--above-limit notes them as conflicts instead)

A moment is ISO 8601 with an offset: 2030-01-31T10:00:00+09:00.
Prints one line of JSON. Exit code 0; 1 when it failed or a gate is closed; 2 for wrong arguments.`;

/** Events in the answer of status; more would hide the ones that matter, which come first. */
const EVENTS_MAX = 100;

await runSubcommands({
  help: HELP,
  commands: {
    status: (args) => {
      readOptions(args, {});
      return withGate(status);
    },
    rebuild: (args) => {
      const { reason = "by the operator" } = readOptions(args, { reason: "one" });
      return withGate((parts) => rebuildByHand(parts, reasonOf(reason)));
    },
    replay: (args) => {
      const given = readOptions(args, { from: "one", "above-limit": "flag" });
      const from = parseMoment("--from", required("--from", given.from));
      if (!("atMs" in from) || from.atMs > Date.now()) throw new UsageError("--from must be in the past");
      return withGate((parts) => replay(parts, from.atMs, given["above-limit"] === true));
    },
  },
});

type Outcome = { result: object; fallsShort?: boolean };

async function withGate(work: (parts: GateParts) => Promise<Outcome>): Promise<Outcome> {
  const parts = connectGate(commandEnv());
  try {
    // Says in a sentence what cannot be reached.
    await parts.gateNowMs();
    return await work(parts);
  } finally {
    await parts.close();
  }
}

async function status(parts: GateParts): Promise<Outcome> {
  const { beganAtMs, ...epoch } = await parts.describeEpoch();
  const readers = await parts.epochs.partitionEpochs(epoch.topic, epoch.partitions);
  const events = await gates(parts);
  const closed = events.filter(({ gate }) => gate === "closed");
  const open = epoch.epoch > 0 && (await parts.gate.scriptsLoaded(epoch.epoch)) && closed.length === 0;
  const result = {
    ...{ open, ...epoch, beganAt: new Date(beganAtMs).toISOString() },
    readersAtEpoch: readers,
    // null: Kafka cannot be asked just now
    unreadRecords: epoch.epoch > 0 ? await parts.unreadRecords(epoch).catch(() => null) : 0,
    events: [...closed, ...events.filter(({ gate }) => gate === "open")].slice(0, EVENTS_MAX),
  };
  return { result, fallsShort: !open };
}

async function gates(parts: GateParts) {
  const gates = [];
  for (const { id, openedEpoch } of await parts.events.liveEvents()) {
    const seen = openedEpoch === null ? null : await parts.askGate(id);
    gates.push(
      seen
        ? {
            event: id,
            gate: "open",
            seats: seen.next - seen.free,
            pending: seen.pending,
            remaining: seen.remaining,
          }
        : { event: id, gate: "closed" },
    );
  }
  return gates;
}

async function rebuildByHand(parts: GateParts, reason: string): Promise<Outcome> {
  await parts.demandKafka();
  try {
    const { epoch, closed } = await parts.rebuildNow(reason);
    const stayed = [...closed].map(([event, why]) => ({ event, why }));
    return { result: { rebuilt: true, epoch, closed: stayed }, fallsShort: stayed.length > 0 };
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(
      `The rebuild was not finished (${(error as Error).message}). A worker must run; its guardian goes on with it.`,
    );
  }
}

async function replay(parts: GateParts, fromMs: number, aboveLimit: boolean): Promise<Outcome> {
  await parts.demandKafka();
  const report = await parts.replayLog(fromMs, aboveLimit);
  for (const event of report.unknownEvents)
    console.error(
      `Event ${event} is in the log and not in this database: its records are parked. Create no event before ` +
        `AUTO_INCREMENT of coupon_event is above ${event}, or a new one would get that id.`,
    );
  return {
    result: { from: new Date(fromMs).toISOString(), ...report },
    fallsShort: report.unknownEvents.length > 0,
  };
}
