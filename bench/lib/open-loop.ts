/**
 * Load at a constant rate, whatever the server does: each claim has a moment at which it is due, and its latency counts
 * from there, also when it had to wait for a connection. A generator that waits for answers before it sends on would leave
 * out just the claims that a slow server keeps waiting (coordinated omission).
 */
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { percentile } from "./stats.ts";
import { CLAIM_PATH, type Load } from "./wrk.ts";

export type OpenLoad = {
  port: number;
  /** claims per second; null: all of them are due at once */
  rate: number | null;
  claims: number;
  connections: number;
  eventId: number;
  users: { file: string; first: number };
  /** how long answers may take behind the moment at which the last claim was due */
  patienceMs: number;
};

const PACE_MS = 1;

/** Sends all claims, and waits for their answers or for the end of its patience. */
export async function openLoop(options: OpenLoad): Promise<Load> {
  const requests = requestsOf(options);
  const { claims, rate } = options;
  const everyMs = rate === null ? 0 : 1000 / rate;
  const latencies = new Float64Array(claims);
  const tally = { won: 0, repeated: 0, sold_out: 0, pending: 0, unavailable: 0, echoed: 0, failed: 0 };
  const ranks: number[] = [];
  let sent = 0;
  let answered = 0;
  let broken = 0;

  const startMs = performance.now();
  const dueMs = (claim: number) => startMs + claim * everyMs;
  const free: Connection[] = [];
  const connections = Array.from({ length: options.connections }, () =>
    openConnection(options.port, {
      answer(claim, status, body) {
        latencies[answered] = performance.now() - dueMs(claim);
        answered += 1;
        count(tally, ranks, status, body);
      },
      free: (connection) => void free.push(connection),
      broken: (underWay) => {
        if (underWay) broken += 1;
      },
    }),
  );
  await new Promise<void>((resolve) => {
    const pace = setInterval(() => {
      const now = performance.now();
      while (sent < claims && dueMs(sent) <= now) {
        const connection = free.pop();
        if (connection === undefined) break;
        connection.send(sent, requests(sent));
        sent += 1;
      }
      const isOver = answered + broken >= claims || now > dueMs(claims) + options.patienceMs;
      if (!isOver) return;
      clearInterval(pace);
      resolve();
    }, PACE_MS);
  });
  const seconds = (performance.now() - startMs) / 1000;
  for (const { socket } of connections) socket.destroy();
  const seen = latencies.subarray(0, answered);
  return {
    requests: answered,
    seconds,
    answers: { ...tally, socketErrors: claims - answered },
    p50Ms: percentile(seen, 0.5),
    p99Ms: percentile(seen, 0.99),
    ranks,
  };
}

/** The bytes of each claim, of one user after the other. */
function requestsOf({ port, eventId, users, claims }: OpenLoad): (claim: number) => string {
  const cookies = readFileSync(users.file, "latin1").split("\n", users.first + claims);
  const body = JSON.stringify({ eventId });
  const head = `POST ${CLAIM_PATH} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\n`;
  const tail = `\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  return (claim) => `${head}Cookie: ${cookies[users.first + claim]}${tail}`;
}

type Connection = { socket: Socket; send: (claim: number, request: string) => void };

/** One claim at a time on each connection. */
function openConnection(
  port: number,
  on: {
    answer: (claim: number, status: number, body: string) => void;
    free: (connection: Connection) => void;
    broken: (underWay: boolean) => void;
  },
): Connection {
  const socket = connect(port, "127.0.0.1");
  let claim: number | null = null;
  let received = "";
  const connection: Connection = {
    socket,
    send(number, request) {
      claim = number;
      socket.write(request, "latin1");
    },
  };
  socket.setNoDelay(true).setEncoding("latin1");
  socket.on("connect", () => on.free(connection));
  socket.on("data", (chunk: string) => {
    received += chunk;
    const answer = completeAnswer(received);
    if (answer === null || claim === null) return;
    received = "";
    on.answer(claim, answer.status, answer.body);
    claim = null;
    on.free(connection);
  });
  socket.on("error", () => {}); // it closes as well
  socket.on("close", () => on.broken(claim !== null));
  return connection;
}

/** @returns null while something of the answer is still missing */
export function completeAnswer(received: string): { status: number; body: string } | null {
  const headEnd = received.indexOf("\r\n\r\n");
  if (headEnd === -1) return null;
  const head = received.slice(0, headEnd);
  const body = received.slice(headEnd + 4);
  const status = Number(head.slice(9, 12));
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  // Without a length it comes in chunks; the text that we look for is never cut by one.
  const isComplete = length === undefined ? body.endsWith("0\r\n\r\n") : body.length >= Number(length);
  return isComplete ? { status, body } : null;
}

/** The same as in wrk.lua. */
function count(
  tally: Record<"won" | "repeated" | "sold_out" | "pending" | "unavailable" | "echoed" | "failed", number>,
  ranks: number[],
  status: number,
  body: string,
): void {
  const says = (text: string) => body.includes(`"status":"${text}"`);
  if (status !== 200) tally.failed += 1;
  else if (says("sold_out")) tally.sold_out += 1;
  else if (says("already") || body.includes('"repeat":true')) tally.repeated += 1;
  else if (says("won")) {
    tally.won += 1;
    ranks.push(Number(/"rank":(\d+)/.exec(body)?.[1]));
  } else if (says("pending")) tally.pending += 1;
  else if (body.includes('"status":"')) tally.unavailable += 1;
  else tally.echoed += 1;
}
