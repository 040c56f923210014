/** Makes the HTML of a page for everybody: Next is asked in this process, with nothing of any visitor but the language. */
import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { LANGUAGE_COOKIE, type Language } from "#server/language";
import { atMost } from "./at-most.ts";
import { captureAnswer } from "./captured-answer.ts";
import { nonceToHashes } from "./inline-scripts.ts";
import type { Made } from "./kept-copies.ts";
import { type MadePage, passingPage, sharedPage } from "./made-page.ts";
import type { Pages } from "./pages.ts";
import { setPublicAddress } from "./public-address.ts";
import { hashPolicy, noncePolicy } from "./security-headers.ts";

/** Rendering keeps one thread busy: more at once would only make each of them later. */
const MAKINGS_AT_ONCE = 2;
/** A few seconds of work; whoever comes then is better told to come again. */
const MAKINGS_WAITING_MAX = 200;
/** Whoever waits for a page has given up by then. */
const MAKING_DEADLINE_MS = 5_000;

export type PageOrder = {
  path: string;
  language: Language;
  /** of the answer, where Next makes a page at all */
  status: 200 | 404;
};

/** @throws LineIsFullError; what Next throws; Error when Next does not answer in time */
export type PageMaker = (order: PageOrder) => Promise<Made<MadePage>>;

export function createPageMaker(options: { pages: Pages; publicUrl: URL | null }): PageMaker {
  const { pages, publicUrl } = options;
  const https = publicUrl?.protocol === "https:";
  const inTurn = atMost({ atOnce: MAKINGS_AT_ONCE, waitingMax: MAKINGS_WAITING_MAX });

  return ({ path, language, status }) =>
    inTurn(async () => {
      const nonce = randomBytes(16).toString("hex");
      const headers: IncomingMessage["headers"] = {
        host: publicUrl?.host ?? "localhost",
        cookie: `${LANGUAGE_COOKIE}=${language}`,
        "content-security-policy": noncePolicy(nonce, { dev: false, https }),
      };
      const answer = await captureAnswer(ask, { path, headers }, MAKING_DEADLINE_MS);
      const { html, hashes } = nonceToHashes(answer.body.toString(), nonce);
      const policy = hashPolicy(hashes, { https });
      const keep = answer.status === 200;
      const page = keep
        ? await sharedPage({ status, html, policy })
        : passingPage({ status: answer.status, html, policy });
      return { value: page, bytes: page.bytes, keep };
    });

  function ask(...[req, res]: Parameters<Pages["handle"]>): Promise<void> {
    setPublicAddress(req, publicUrl);
    return pages.handle(req, res);
  }
}
