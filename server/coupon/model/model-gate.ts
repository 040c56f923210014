/**
 * The gate as a model: the rules of docs/protocol.md in memory, with the faults of a real server to hand. The
 * model test of server/redis holds the real scripts against the same rules.
 */
import {
  type ClaimGate,
  type Clock,
  type Fenced,
  type GateBuilder,
  type GateConfigurer,
  type GateReader,
  type GateRemover,
  NotSentError,
  type SeatLister,
} from "../ports.ts";
import { beginScript, contentScript, openScript, putScript } from "./building-scripts.ts";
import { allGateRules, copyEvents, type EventKeys, type GateServer } from "./gate-server.ts";
import {
  claimScript,
  configureScript,
  confirmScript,
  pendingScript,
  seatsScript,
  statusScript,
} from "./serving-scripts.ts";

export type Gate = ClaimGate & GateReader & GateConfigurer & GateBuilder & SeatLister & GateRemover;

export type ModelGate = Gate & {
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

export function modelGate(clock: Clock): ModelGate {
  const server: GateServer = {
    events: new Map(),
    scripts: new Set(),
    replid: 1,
    rules: allGateRules,
    nowMs: () => clock.wallMs(),
    writesLeft: null,
  };
  const failures: ("not_sent" | "reply_lost")[] = [];

  function reachable(): void {
    if (gate.unreachable) throw new NotSentError("the model is unreachable");
  }

  /** One script call: transport faults, script cache, then the script itself. */
  async function run<C extends { epoch: number }, T>(
    script: (server: GateServer, call: C) => Fenced<T>,
    call: C,
  ): Promise<Fenced<T>> {
    await Promise.resolve();
    reachable();
    const failure = failures.shift();
    if (failure === "not_sent") throw new NotSentError("the model did not send it");
    const known = server.scripts.has(call.epoch);
    const reply: Fenced<T> = known ? script(server, call) : { fenced: true, reason: "no_script" };
    if (failure === "reply_lost") throw new Error("the model lost the reply");
    return reply;
  }

  const gate: ModelGate = {
    unreachable: false,
    claim: (call) => run(claimScript, call),
    confirm: (call) => run(confirmScript, call),
    status: (call) => run(statusScript, call),
    pendingSeats: (call) => run(pendingScript, call),
    allSeats: (call) => run(seatsScript, call),
    configure: (call) => run(configureScript, call),
    begin: (call) => run(beginScript, call),
    content: (call) => run(contentScript, call),
    put: (call) => run(putScript, call),
    open: (call) => run(openScript, call),

    async scriptsLoaded(epoch) {
      reachable();
      return server.scripts.has(epoch);
    },
    async flushScripts() {
      reachable();
      server.scripts.clear();
    },
    async loadScripts(epoch) {
      reachable();
      server.scripts.add(epoch);
    },
    async forget(eventId) {
      reachable();
      server.events.delete(eventId);
    },

    restart: () => server.scripts.clear(),
    flushAll: () => server.events.clear(),
    snapshot() {
      const saved = copyEvents(server.events);
      return () => {
        server.events = copyEvents(saved);
      };
    },
    changeServer() {
      server.replid = (server.replid ?? 0) + 1;
    },
    failNext(how, times = 1) {
      for (let time = 0; time < times; time += 1) failures.push(how);
    },
    keys: (eventId) => server.events.get(eventId),
  };
  return gate;
}
