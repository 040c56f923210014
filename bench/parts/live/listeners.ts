/** Many who listen to one event, as browsers do, in this process: sockets that count how often they hear how things stand. */
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { EVENT_ID } from "./use-cases.ts";

/** Below the 511 connections that a server of Node lets wait at its door. */
const OPENED_AT_ONCE = 500;
/** What each view has once, in both lanes. */
const VIEW_MARK = '"remaining":';
const INPUT = encodeURIComponent(JSON.stringify({ eventId: EVENT_ID }));
const REQUEST = [
  `GET /api/trpc/event.live?input=${INPUT} HTTP/1.1`,
  "Host: 127.0.0.1",
  "User-Agent: Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
  "Accept: text/event-stream",
  "Accept-Language: ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7",
  // The length of one of ours: whoever listens is usually signed in.
  `Cookie: sunchak_session=${"x".repeat(180)}`,
  "\r\n",
].join("\r\n");

export type Listeners = {
  /** views that arrived so far, of all of them */
  heard(): number;
  /** whose stream has ended although nobody wanted it to */
  cutOff(): number;
  close(): void;
};

/** @returns when each of them has heard how things stand. @throws Error when that takes longer than `patienceMs` */
export async function openListeners(options: {
  port: number;
  count: number;
  patienceMs: number;
}): Promise<Listeners> {
  const { port, count, patienceMs } = options;
  const sockets: Socket[] = [];
  let heard = 0;
  let cutOff = 0;
  let isOver = false;
  const open = () =>
    new Promise<void>((resolve) => {
      const socket = listener(port, (views) => {
        heard += views;
        resolve();
      });
      sockets.push(socket);
      socket.on("close", () => {
        if (!isOver) cutOff += 1;
      });
    });
  const close = () => {
    isOver = true;
    for (const socket of sockets) socket.destroy();
  };

  const tooLate = sleep(patienceMs, undefined, { ref: false }).then(() => {
    throw new Error(`${count} wanted to listen, and not all of them have heard anything`);
  });
  try {
    while (sockets.length < count) {
      const batch = Array.from({ length: Math.min(OPENED_AT_ONCE, count - sockets.length) }, open);
      await Promise.race([Promise.all(batch), tooLate]);
    }
  } catch (error) {
    close();
    throw error;
  }
  return { heard: () => heard, cutOff: () => cutOff, close };
}

/** @param onViews told how many views have come */
function listener(port: number, onViews: (views: number) => void): Socket {
  const viewsIn = viewCounter();
  const socket = connect(port, "127.0.0.1", () => socket.write(REQUEST));
  socket.setEncoding("latin1");
  socket.on("data", (piece: string) => {
    const views = viewsIn(piece);
    if (views > 0) onViews(views);
  });
  socket.on("error", () => {}); // it closes as well
  return socket;
}

/** @returns a function that says how many views begin in the next piece of a stream, wherever the pieces are cut */
export function viewCounter(): (piece: string) => number {
  let rest = "";
  return (piece) => {
    const text = rest + piece;
    let count = 0;
    for (let at = text.indexOf(VIEW_MARK); at !== -1; at = text.indexOf(VIEW_MARK, at + 1)) count += 1;
    rest = text.slice(1 - VIEW_MARK.length);
    return count;
  };
}
