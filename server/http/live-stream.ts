/**
 * event.live for crowds: tRPC's server-sent events, written by ourselves. What an event has to tell is encoded once and
 * the same bytes go to every socket; nothing but a small object is kept of a listener. The official lane says the same
 * to the same client (live-stream.test.ts).
 */
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { TRPCError } from "@trpc/server";
import type { EventView } from "#server/coupon/list";
import type { Listener } from "#server/coupon/live";
import type { Api } from "#server/trpc/context";
import { LIVE_CLIENT, LIVE_PING_EVERY_MS, type LiveViews, writtenView } from "#server/trpc/live-views";
import { type ApiRequest, procedureName } from "./api-call.ts";
import { callNamed, queryInput, refuseCall, runCall } from "./plain-call.ts";

export type LiveStreamOptions = {
  pingEveryMs: number;
  /** A stream ends by itself now and then, so that a balancer can spread the listeners anew. */
  lifeMs: Range;
  /** How long a browser waits before it comes back: a crowd that lost its process together must not return together. */
  returnMs: Range;
  /** Pings, ends and what slow readers have missed are looked after by one timer for all. */
  tickMs: number;
  random: () => number;
};
type Range = { shortest: number; longest: number };

const defaults: LiveStreamOptions = {
  pingEveryMs: LIVE_PING_EVERY_MS,
  lifeMs: { shortest: 5 * 60_000, longest: 10 * 60_000 },
  returnMs: { shortest: 1_000, longest: 5_000 },
  tickMs: 1_000,
  random: Math.random,
};

const LIVE = "event.live";
/** Blank lines as tRPC writes them, one more than the format needs. */
const PING = Buffer.from("event: ping\ndata: \n\n\n");
const headers = {
  "Content-Type": "text/event-stream",
  "Cache-Control": "no-cache, no-transform",
  "X-Accel-Buffering": "no",
  Vary: "trpc-accept, accept",
  // The answer ends with its connection: what is written needs no frame of HTTP around it, and is the same for all.
  Connection: "close",
};

/** @returns a handler that takes single calls of event.live, and leaves all others untouched. It never rejects. */
export function liveStream(
  api: Api,
  given: Partial<LiveStreamOptions> = {},
): (request: ApiRequest) => Promise<void> | undefined {
  const options = { ...defaults, ...given };
  const { live } = api.services;
  const streams = new Set<Stream>();
  let ticking: ReturnType<typeof setInterval> | undefined;

  function tick(): void {
    const nowMs = performance.now();
    for (const stream of streams) stream.tick(nowMs, options.pingEveryMs);
  }

  function begin({ req, res }: ApiRequest, eventId: number): void {
    const { socket } = req;
    if (socket.destroyed) return;
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
    res.removeHeader("Transfer-Encoding");
    res.flushHeaders();
    socket.write(opening(within(options.returnMs, options.random)));
    const endsAtMs = performance.now() + within(options.lifeMs, options.random);
    const stream = new Stream({ res, socket, endsAtMs });
    streams.add(stream);
    ticking ??= setInterval(tick, options.tickMs);
    res.once("close", () => {
      live.leave(eventId, stream);
      streams.delete(stream);
      if (streams.size > 0) return;
      clearInterval(ticking);
      ticking = undefined;
    });
    live.listen(eventId, stream);
  }

  return (request) => {
    const call = procedureName(request) === LIVE ? callNamed(LIVE) : undefined;
    if (call === undefined || !isPlain(request)) return undefined;
    const { method } = request.req;
    if (method === "GET")
      return runCall(api, request, { call, input: queryInput(request) }).then((result) => {
        if (result !== undefined) begin(request, (result.data as LiveViews).eventId);
      });
    request.res.setHeader("Allow", "GET");
    const message = `Unsupported ${method}-request to subscription procedure at path "${LIVE}"`;
    refuseCall(api, request, { call, error: new TRPCError({ code: "METHOD_NOT_SUPPORTED", message }) });
    return Promise.resolve();
  };
}

/** Not a batch, nor lines of JSON, and not behind an answer that is still under way on this connection. */
function isPlain({ req, res, path }: ApiRequest): boolean {
  const search = new URLSearchParams((req.url ?? path).slice(path.length));
  return search.get("batch") !== "1" && !req.headers.accept?.includes("jsonl") && res.socket !== null;
}

/** What tRPC's client waits for at the start, and how long a browser is to wait when the stream has ended. */
function opening(returnMs: number): string {
  return `event: connected\ndata: ${JSON.stringify(LIVE_CLIENT)}\nretry: ${Math.round(returnMs)}\n\n\n`;
}

/** Many listeners hear the same object. */
const encoded = new WeakMap<EventView, Buffer>();

function encode(view: EventView): Buffer {
  const known = encoded.get(view);
  if (known !== undefined) return known;
  const bytes = Buffer.from(`data: ${writtenView(view)}\n\n\n`);
  encoded.set(view, bytes);
  return bytes;
}

function within({ shortest, longest }: Range, random: () => number): number {
  return shortest + random() * (longest - shortest);
}

/** One listener. A class, because there are thousands: its methods are there once. */
class Stream implements Listener {
  readonly #res: ServerResponse;
  readonly #socket: Socket;
  readonly #endsAtMs: number;
  #writtenMs = performance.now();
  #unheard: EventView | null = null;

  constructor({ res, socket, endsAtMs }: { res: ServerResponse; socket: Socket; endsAtMs: number }) {
    this.#res = res;
    this.#socket = socket;
    this.#endsAtMs = endsAtMs;
  }

  hear(view: EventView): boolean {
    if (this.#isBusy() || !this.#socket.writable) {
      this.#unheard = view;
      return false;
    }
    this.#unheard = null;
    this.#write(encode(view));
    return true;
  }

  end(): void {
    if (this.#isBusy()) this.#socket.destroy();
    else this.#res.end();
  }

  tick(nowMs: number, pingEveryMs: number): void {
    if (nowMs >= this.#endsAtMs) this.end();
    else if (this.#unheard !== null) this.hear(this.#unheard);
    else if (nowMs - this.#writtenMs >= pingEveryMs && !this.#isBusy()) this.#write(PING);
  }

  /** The kernel has not taken the last write yet: a reader that is slow, or gone without a word. */
  #isBusy(): boolean {
    return this.#socket.writableLength > 0;
  }

  #write(bytes: Buffer): void {
    this.#writtenMs = performance.now();
    this.#socket.write(bytes);
  }
}
