/**
 * Callers that never stop: each signs in as a new user and claims, again and again, on connections that are kept.
 * On node:http, because it tells whether a request went out on a new connection or on one that was used before.
 */
import { Agent, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";

export type Load = {
  answered(): number;
  /** User -> rank of everyone who heard "won". */
  won(): ReadonlyMap<string, number>;
  /** Resolves when every caller found the door closed. */
  end(): Promise<{ statuses: Record<number, number>; broken: string[]; refused: number }>;
};

type Reply = {
  status: number;
  cookie: string;
  body: { result?: { data: { status: string; rank?: number } } };
};

/** @param options.base the address of one web process; each caller ends with its first refused connection */
export function pressWithoutEnd(options: { base: string; eventId: number; callers: number }): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: options.callers });
  const statuses: Record<number, number> = {};
  const won = new Map<string, number>();
  const broken: string[] = [];
  let refused = 0;
  let answered = 0;

  async function post(procedure: string, input: object, cookie: string): Promise<Reply> {
    const reply = await send(
      agent,
      new URL(`/api/trpc/${procedure}`, options.base),
      JSON.stringify(input),
      cookie,
    );
    statuses[reply.status] = (statuses[reply.status] ?? 0) + 1;
    answered += 1;
    return reply;
  }

  async function caller(index: number): Promise<void> {
    for (let round = 1; ; round += 1) {
      const userId = `load-${index}-${round}`;
      try {
        const { cookie } = await post("session.signIn", { userId }, "");
        const { body } = await post("coupon.claim", { eventId: options.eventId }, cookie);
        const answer = body.result?.data;
        if (answer?.status === "won") won.set(userId, answer.rank ?? 0);
      } catch (error) {
        if (error instanceof RefusedError) refused += 1;
        else broken.push(String(error));
        return;
      }
    }
  }

  const callers = Promise.all(Array.from({ length: options.callers }, (_, index) => caller(index)));
  return {
    answered: () => answered,
    won: () => won,
    async end() {
      await callers.finally(() => agent.destroy());
      return { statuses, broken, refused };
    },
  };
}

/** The connection was never accepted: nobody has promised this caller anything. */
class RefusedError extends Error {}

function send(agent: Agent, url: URL, body: string, cookie: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      agent,
      method: "POST",
      headers: { "content-type": "application/json", ...(cookie ? { cookie } : {}) },
    });
    outgoing.once("error", (error: NodeJS.ErrnoException) => {
      // A connection that waits in the listener's queue when it closes is reset by the kernel, unseen by the process.
      const unseen = error.code === "ECONNREFUSED" || (error.code === "ECONNRESET" && !outgoing.reusedSocket);
      reject(unseen ? new RefusedError("refused", { cause: error }) : error);
    });
    outgoing.once("response", (response: IncomingMessage) => {
      text(response).then((received) => {
        const [header = ""] = response.headers["set-cookie"] ?? [];
        resolve({
          status: response.statusCode ?? 0,
          cookie: header.split(";")[0] ?? "",
          body: JSON.parse(received),
        });
      }, reject);
    });
    outgoing.end(body);
  });
}
