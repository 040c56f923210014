/**
 * Event pages from memory. They are the same for everybody who reads the same language, and a crowd loads one of them
 * in the same minute: each is made about once a second, by Next, and everybody gets that copy.
 */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { parseCookie } from "cookie";
import type { EventViews } from "#server/coupon/list";
import { LANGUAGE_COOKIE, type Language, pickLanguage } from "#server/language";
import type { PageObserver } from "#server/metrics";
import { createKeptCopies, type Made } from "./kept-copies.ts";
import { answerPage, type MadePage } from "./made-page.ts";
import type { PageMaker } from "./page-maker.ts";

/** What a page says about seats and time may be this old; the script on it asks for the present at once. */
const FRESH_MS = 1_000;
/** While a new copy is made. Where nobody asked for longer than that, the next one waits for the making. */
const AGE_MAX_MS = 3_000;
/** Two for each event that is looked at in some second. */
const COPIES_MAX = 1_000;
/** A page takes 40 KB, in all its encodings. */
const BYTES_MAX = 32 * 1024 * 1024;

const PREFIX = "/events/";
const EVENT_ID = /^[1-9]\d{0,9}$/;
/** An address below the prefix that names no event, and never will. */
const NO_EVENT = `${PREFIX}0`;

export type PageMemory = {
  /**
   * @returns undefined when the request is not for an event's HTML, and was left untouched; else when it was answered
   * @throws (as a rejection) what the making throws, with nothing answered
   */
  answer(req: IncomingMessage, res: ServerResponse, path: string): Promise<void> | undefined;
};

export type PageMemoryOptions = {
  events: Pick<EventViews, "knows">;
  make: PageMaker;
  nowMs: () => number;
  observe: PageObserver;
};

const ANSWERED = Promise.resolve();

export function createPageMemory({ events, make, nowMs, observe }: PageMemoryOptions): PageMemory {
  const copies = createKeptCopies<MadePage>({
    freshMs: FRESH_MS,
    ageMaxMs: AGE_MAX_MS,
    copiesMax: COPIES_MAX,
    bytesMax: BYTES_MAX,
    nowMs,
    onAnswer: observe.answered,
    // The maker has told the observer.
    onFailure: () => undefined,
  });

  return {
    answer(req, res, path) {
      if (!path.startsWith(PREFIX) || !isForHtml(req, path)) return undefined;
      const name = nameIn(path);
      if (name === null) return undefined;
      const page = pageOf(name, languageOf(req.headers));
      if (!(page instanceof Promise)) {
        answerPage(req, res, page);
        return ANSWERED;
      }
      return page.then((made) => answerPage(req, res, made));
    },
  };

  function pageOf(name: string, language: Language): MadePage | Promise<MadePage> {
    if (!EVENT_ID.test(name)) return notFound(language);
    return copies.get(`${language}/${name}`, () => eventPage(name, language));
  }

  async function eventPage(id: string, language: Language): Promise<Made<MadePage>> {
    // Where nobody can say, the page says so.
    if (await events.knows(Number(id)).catch(() => true))
      return observed({ path: PREFIX + id, language, status: 200 });
    const page = await notFound(language);
    return { value: page, bytes: 0, keep: false };
  }

  /** One for all addresses that name no event, however many somebody tries. */
  function notFound(language: Language): MadePage | Promise<MadePage> {
    return copies.get(`${language}/`, () => observed({ path: NO_EVENT, language, status: 404 }));
  }

  async function observed(order: Parameters<PageMaker>[0]): Promise<Made<MadePage>> {
    const startedMs = nowMs();
    try {
      const made = await make(order);
      observe.made({ result: made.keep ? "kept" : "passed_on", ms: nowMs() - startedMs });
      return made;
    } catch (error) {
      observe.made({ result: "failed", ms: nowMs() - startedMs, error });
      throw error;
    }
  }
}

/** @returns what stands in the place of the event's id; null when the path is that of no event page */
function nameIn(path: string): string | null {
  const name = path.slice(PREFIX.length);
  if (name === "" || name.includes("/")) return null;
  return name.includes("%") ? decodeURIComponent(name) : name;
}

/** Next's client asks for the data of a page at the page's own address. Other queries change nothing on it. */
function isForHtml(req: IncomingMessage, path: string): boolean {
  const { headers, url = path } = req;
  return headers.rsc === undefined && (url.length === path.length || !url.includes("_rsc", path.length));
}

function languageOf(headers: IncomingHttpHeaders): Language {
  const { cookie } = headers;
  const choice = cookie?.includes(LANGUAGE_COOKIE) ? parseCookie(cookie)[LANGUAGE_COOKIE] : undefined;
  return pickLanguage(choice, headers["accept-language"] ?? null);
}
