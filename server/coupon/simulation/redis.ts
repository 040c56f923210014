/**
 * Redis as a model: two servers, of which each process sees one. They restart, forget, fall behind, take over
 * from each other and come back, as real ones do.
 */
import { copyEvents, type EventKeys, type GateRules, type GateServer } from "../model/gate-server.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Trace } from "./trace.ts";

export type RedisNode = GateServer & {
  readonly name: string;
  up: boolean;
  /** changes with every restart: connections from before are broken */
  session: number;
  frozenUntilMs: number;
  /** ends the restart that is under way */
  comeBack: (() => void) | null;
  clockOffsetMs: number;
};

export type KeyName = "meta" | "users" | "pending" | "free";

export type Redis = {
  readonly nodes: readonly [RedisNode, RedisNode];
  /** The one that new connections find. */
  master(): RedisNode;
  nodeOf(process: string): RedisNode;
  /** Data as it is now, as a file or a replica that falls behind would keep it. */
  snapshot(node: RedisNode): Snapshot;
  /** Scripts gone; the data as of the snapshot, or as it was. */
  restart(node: RedisNode, downMs: number, from?: Snapshot): void;
  /**
   * The other server takes over with the data of the snapshot. The old one goes on answering those who stay, until
   * `standDown`.
   */
  failOver(from: Snapshot, stay: readonly string[]): void;
  /** The servers that are not the master become its replicas; everybody finds the master. */
  standDown(): void;
  /** The master is demoted, follows the other one, and is promoted again: older data, its own scripts. */
  demoteAndPromote(from: Snapshot): void;
  flushAll(): void;
  deleteKey(eventId: number, key: KeyName): void;
  /** Another name for the same data, as when the first replica attaches. */
  changeReplid(): void;
  freeze(node: RedisNode, ms: number): void;
  /** Both servers up, one master, right clocks, enough memory. */
  heal(): void;
};

export type Snapshot = Map<number, EventKeys>;

export function createRedis(options: {
  scheduler: Scheduler;
  trace: Trace;
  rules: GateRules;
  wallStartMs: number;
}): Redis {
  const { scheduler, trace, rules, wallStartMs } = options;
  let replids = 0;
  let masterIndex = 0;
  const views = new Map<string, RedisNode>();
  const newReplid = () => {
    replids += 1;
    return replids;
  };

  function createNode(name: string, replid: number | null): RedisNode {
    const node: RedisNode = {
      name,
      up: true,
      session: 1,
      frozenUntilMs: 0,
      comeBack: null,
      clockOffsetMs: 0,
      events: new Map(),
      scripts: new Set(),
      replid,
      rules,
      nowMs: () => wallStartMs + scheduler.nowMs() + node.clockOffsetMs,
      writesLeft: null,
    };
    return node;
  }

  const nodes: [RedisNode, RedisNode] = [createNode("redis-a", newReplid()), createNode("redis-b", null)];
  const master = () => nodes[masterIndex] as RedisNode;
  const other = () => nodes[1 - masterIndex] as RedisNode;

  function promote(node: RedisNode, data: Snapshot): void {
    node.events = copyEvents(data);
    node.replid = newReplid();
    node.comeBack = null;
    node.up = true;
    masterIndex = nodes.indexOf(node);
  }

  function standDown(): void {
    views.clear();
    const replica = other();
    if (replica.replid === null) return;
    trace(replica.name, () => "becomes a replica");
    replica.replid = null;
    replica.session += 1;
    replica.events = new Map();
  }

  return {
    nodes,
    master,
    nodeOf: (process) => views.get(process) ?? master(),
    snapshot: (node) => copyEvents(node.events),
    restart(node, downMs, from) {
      trace(node.name, () => `stops for ${downMs} ms${from ? " and comes back with older data" : ""}`);
      node.up = false;
      node.session += 1;
      node.frozenUntilMs = 0;
      const comeBack = () => {
        if (node.comeBack !== comeBack) return;
        trace(node.name, () => "is back, without scripts");
        node.comeBack = null;
        node.scripts.clear();
        node.writesLeft = null;
        if (from) node.events = copyEvents(from);
        node.up = true;
      };
      node.comeBack = comeBack;
      scheduler.after(downMs, comeBack);
    },
    failOver(from, stay) {
      const old = master();
      const next = other();
      trace(
        next.name,
        () => `takes over with older data; ${old.name} still answers ${stay.join(" ") || "nobody"}`,
      );
      for (const process of stay) views.set(process, old);
      // It has no scripts, unless it was a master before.
      promote(next, from);
    },
    standDown,
    demoteAndPromote(from) {
      const node = master();
      trace(node.name, () => "is demoted and promoted again: older data, the same scripts");
      node.session += 1;
      promote(node, from);
    },
    flushAll() {
      trace(master().name, () => "FLUSHALL");
      master().events.clear();
    },
    deleteKey(eventId, key) {
      const event = master().events.get(eventId);
      if (!event) return;
      trace(master().name, () => `DEL {event:${eventId}}:${key}`);
      if (key === "meta") event.hasMeta = false;
      else event[key].clear();
      const isEmpty = event.users.size + event.pending.size + event.free.size === 0;
      if (!event.hasMeta && isEmpty) master().events.delete(eventId);
    },
    changeReplid() {
      trace(master().name, () => "changes its replication id");
      master().replid = newReplid();
    },
    freeze(node, ms) {
      trace(node.name, () => `is frozen for ${ms} ms`);
      node.frozenUntilMs = scheduler.nowMs() + ms;
    },
    heal() {
      for (const node of nodes) {
        node.comeBack?.();
        Object.assign(node, { frozenUntilMs: 0, clockOffsetMs: 0, writesLeft: null });
      }
      standDown();
    },
  };
}
