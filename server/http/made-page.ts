/** A page that is ready to be sent: in every encoding that we have, each with its headers, so that a visit costs next to nothing. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { compress } from "./compress.ts";
import { chooseEncoding, type Encoding, encodings } from "./encodings.ts";
import { contentHash, etagOf, holds } from "./etags.ts";

/**
 * Browsers ask each time, and get a 304 while theirs is the copy of this second. A shared cache that looks at Vary may
 * answer for a second by itself (docs/operating.md).
 */
const CACHE_CONTROL = "max-age=0, s-maxage=1, must-revalidate";
/** What the page depends on. By `RSC` Next's client asks for the data of a page instead of its HTML. */
const VARY = "Accept-Encoding, Accept-Language, Cookie, RSC";

/** In one encoding. Headers are name, value, name, value. */
type Representation = {
  etag: string;
  headers: string[];
  /** those of a 304: a browser puts them in the place of the ones it has, so the policy has to be among them */
  headersOfSame: string[];
  body: Buffer;
};

export type MadePage = {
  status: number;
  plain: Representation;
  /** how much memory it takes */
  bytes: number;
} & { [E in Encoding]?: Representation };

type PageContent = { status: number; html: string; policy: string };

/** For many: compressed, with ETags. */
export async function sharedPage({ status, html, policy }: PageContent): Promise<MadePage> {
  const body = Buffer.from(html);
  const hash = contentHash(body);
  const common = ["Cache-Control", CACHE_CONTROL, "Vary", VARY, "Content-Security-Policy", policy];
  const page: MadePage = { status, plain: representation(body, null), bytes: body.length };
  await Promise.all(
    encodings.map(async (encoding) => {
      const compressed = await compress(body, { encoding, effort: "quick" });
      page[encoding] = representation(compressed, encoding);
      page.bytes += compressed.length;
    }),
  );
  return page;

  function representation(bytes: Buffer, encoding: Encoding | null): Representation {
    const etag = etagOf(hash, encoding);
    const headersOfSame = [...common, "ETag", etag];
    const headers = [...headersOfSame, ...contentHeaders(bytes)];
    if (encoding !== null) headers.push("Content-Encoding", encoding);
    return { etag, headers, headersOfSame, body: bytes };
  }
}

/** For those who wait for it and for nobody else, such as one that says that something went wrong. */
export function passingPage({ status, html, policy }: PageContent): MadePage {
  const body = Buffer.from(html);
  const common = ["Cache-Control", "no-store", "Content-Security-Policy", policy];
  const headers = [...common, ...contentHeaders(body)];
  return { status, plain: { etag: "", headers, headersOfSame: headers, body }, bytes: body.length };
}

function contentHeaders(body: Buffer): string[] {
  return ["Content-Type", "text/html; charset=utf-8", "Content-Length", String(body.length)];
}

export function answerPage(req: IncomingMessage, res: ServerResponse, page: MadePage): void {
  const { headers } = req;
  const encoding = chooseEncoding(headers["accept-encoding"], (name) => page[name] !== undefined);
  const chosen = (encoding === null ? undefined : page[encoding]) ?? page.plain;
  // Conditions count only where the answer would be a 200 (RFC 9110 section 13.2.1).
  if (page.status === 200 && holds(headers["if-none-match"], chosen.etag))
    res.writeHead(304, chosen.headersOfSame).end();
  else res.writeHead(page.status, chosen.headers).end(chosen.body);
}
