/** The gate's ports of one process, over the wire, as the real adapter would answer. */
import { beginScript, contentScript, openScript, putScript } from "../model/building-scripts.ts";
import type { GateServer } from "../model/gate-server.ts";
import type { Gate } from "../model/model-gate.ts";
import {
  claimScript,
  configureScript,
  confirmScript,
  pendingScript,
  seatsScript,
  statusScript,
} from "../model/serving-scripts.ts";
import { type Fenced, NotSentError } from "../ports.ts";
import type { Life } from "./process.ts";
import type { Redis, RedisNode } from "./redis.ts";
import type { Scheduler } from "./scheduler.ts";
import { BrokenConnectionError, type Wire } from "./wire.ts";

/** As the adapter's commandTimeout. */
const COMMAND_TIMEOUT_MS = 500;

/** Whoever wants to look at what a script decided, before anybody hears it. */
export type ScriptObserver = (seen: {
  what: string;
  node: RedisNode;
  process: string;
  call: { epoch: number; eventId: number };
  sentMs: number;
  reply: Fenced<unknown>;
}) => void;

export function redisPorts(parts: {
  redis: Redis;
  wire: Wire;
  scheduler: Scheduler;
  life: Life;
  observe: ScriptObserver;
  /** called when the keys of an event go */
  onForget: (eventId: number) => void;
}): Gate {
  const { redis, wire, scheduler, life, observe, onForget } = parts;
  const process = life.process.name;

  function send<T>(what: string, args: unknown, effect: (node: RedisNode) => T): Promise<T> {
    const node = redis.nodeOf(process);
    const { session } = node;
    return wire(life, {
      service: "redis",
      what,
      args,
      timeoutMs: COMMAND_TIMEOUT_MS,
      refused: () => (node.up ? null : new NotSentError(`${node.name} is not connected`)),
      effect: () => whenThawed(node, () => onConnection(node, session, effect)),
    });
  }

  /** A server stopped by a signal runs what has reached it when it goes on. */
  function whenThawed<T>(node: RedisNode, run: () => T): T | Promise<T> {
    const waitMs = node.frozenUntilMs - scheduler.nowMs();
    if (waitMs <= 0) return run();
    return new Promise((resolve, reject) => {
      scheduler.after(waitMs, () => {
        try {
          resolve(run());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  function onConnection<T>(node: RedisNode, session: number, effect: (node: RedisNode) => T): T {
    if (!node.up || node.session !== session) throw new BrokenConnectionError(node.name);
    return effect(node);
  }

  function script<C extends { epoch: number; eventId: number }, T>(
    what: string,
    run: (server: GateServer, call: C) => Fenced<T>,
  ): (call: C) => Promise<Fenced<T>> {
    return (call) => {
      const sentMs = scheduler.nowMs();
      return send(what, call, (node) => {
        if (!node.rules.noscriptRefuses) node.scripts.add(call.epoch);
        if (!node.scripts.has(call.epoch)) return { fenced: true, reason: "no_script" };
        const reply = run(node, call);
        observe({ what, node, process, call, sentMs, reply });
        return reply;
      });
    };
  }

  return {
    claim: script("claim", claimScript),
    confirm: script("confirm", confirmScript),
    status: script("status", statusScript),
    pendingSeats: script("pendingSeats", pendingScript),
    allSeats: script("allSeats", seatsScript),
    configure: script("configure", configureScript),
    begin: script("begin", beginScript),
    content: script("content", contentScript),
    put: script("put", putScript),
    open: script("open", openScript),
    scriptsLoaded: (epoch) => send("scriptsLoaded", epoch, (node) => node.scripts.has(epoch)),
    async flushScripts() {
      await send("flushScripts", undefined, (node) => node.scripts.clear());
    },
    forget: (eventId) =>
      send("forget", eventId, (node) => {
        onForget(eventId);
        node.events.delete(eventId);
      }),
    async loadScripts(epoch) {
      await send("loadScripts", epoch, (node) => node.scripts.add(epoch).size);
    },
  };
}
