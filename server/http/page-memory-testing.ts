/** A front door with a memory for event pages, in front of a renderer that counts what it is asked. For tests only. */
import { type IncomingMessage, request } from "node:http";
import type { PageMaking } from "#server/metrics";
import { createPageMaker } from "./page-maker.ts";
import { createPageMemory, type PageMemory } from "./page-memory.ts";
import type { Pages } from "./pages.ts";
import { openTestDoor, type TestDoor } from "./testing.ts";

type Renderer = {
  pages: Pages;
  paths: string[];
  requests: IncomingMessage[];
  /** what becomes of the next request */
  next: "is a page" | "is a 500" | "throws";
  /** From now on nothing is answered until the returned function is called. */
  hold: () => () => void;
};

/** Its pages say which making they are, in the language of their request, with one inline script. */
export function fakeRenderer(): Renderer {
  let held = Promise.resolve();
  const renderer: Renderer = {
    paths: [],
    requests: [],
    next: "is a page",
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
    pages: {
      async handle(req, res) {
        renderer.requests.push(req);
        const making = renderer.paths.push(req.url ?? "");
        const fate = renderer.next;
        renderer.next = "is a page";
        await held;
        if (fate === "throws") throw new Error("at 10.0.0.7:3306");
        res.statusCode = fate === "is a page" ? 200 : 500;
        const language = /sunchak_lang=(\w+)/.exec(req.headers.cookie ?? "")?.[1];
        const nonce = /'nonce-([^']+)'/.exec(String(req.headers["content-security-policy"]))?.[1];
        res.write(`<html lang="${language}"><title>making ${making}</title>${"<p>words</p>".repeat(100)}`);
        res.end(`<script nonce="${nonce}">self.seats = ${making}</script></html>`);
      },
    },
  };
  return renderer;
}

export type MemoryDoor = TestDoor & {
  clock: { ms: number };
  /** how many have come, answered or not */
  visits: { count: number };
  /** the results of the makings so far */
  made: PageMaking["result"][];
  /** the ids of the events that exist, at first 1; with "away" nobody can say */
  events: Set<number | "away">;
  /** the ids that were looked for among them */
  lookedUp: number[];
};

export async function openMemoryDoor(
  { pages }: Renderer,
  { publicUrl = null }: { publicUrl?: URL | null } = {},
): Promise<MemoryDoor> {
  const clock = { ms: 1_000_000 };
  const made: MemoryDoor["made"] = [];
  const events: MemoryDoor["events"] = new Set([1]);
  const lookedUp: number[] = [];
  const pageMemory = createPageMemory({
    events: {
      knows: async (id) => {
        lookedUp.push(id);
        if (events.has("away")) throw new Error("the list of events is away");
        return events.has(id);
      },
    },
    make: createPageMaker({ pages, publicUrl }),
    nowMs: () => clock.ms,
    observe: { answered: () => undefined, made: ({ result }) => void made.push(result) },
  });
  const visits = { count: 0 };
  const counting: PageMemory = {
    answer: (...visit) => {
      visits.count += 1;
      return pageMemory.answer(...visit);
    },
  };
  const door = await openTestDoor({ pages, pageMemory: counting, publicUrl });
  return { ...door, clock, made, events, lookedUp, visits };
}

export type RawAnswer = {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
  text: string;
};

/** On node:http, because fetch unpacks bodies and adds headers of its own. */
export function get(
  door: TestDoor,
  path: string,
  { method = "GET", headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(door.origin, { path, method, headers, agent: false }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body, text: body.toString() });
    });
    outgoing.once("error", reject).end();
  });
}

/** Which making a page is of. */
export function titleOf({ text }: RawAnswer): string | undefined {
  return /<title>(.*?)<\/title>/.exec(text)?.[1];
}
