/** A visit to an event's page as a browser makes it, and whether what came is that page. */
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { request } from "undici";

const AS_BROWSERS_ASK = "gzip, deflate, br, zstd";

/** Of the first navigation of somebody who is new and reads Korean. */
export function visitHeaders({ compressed }: { compressed: boolean }): Record<string, string> {
  return {
    "User-Agent":
      "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
    Accept: "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Accept-Language": "ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7",
    "Upgrade-Insecure-Requests": "1",
    "Sec-Fetch-Site": "none",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    ...(compressed ? { "Accept-Encoding": AS_BROWSERS_ASK } : {}),
  };
}

export type Page = { status: number; encoding: string | null; body: Buffer };

/** The body as it was sent. */
export async function fetchPage(url: string, headers: Record<string, string>): Promise<Page> {
  const answer = await request(url, { headers });
  const encoding = answer.headers["content-encoding"] ?? null;
  return {
    status: answer.statusCode,
    encoding: encoding === null ? null : String(encoding),
    body: Buffer.from(await answer.body.arrayBuffer()),
  };
}

/**
 * Before anybody counts how fast it comes. A page that says that something went wrong can be very fast.
 * @throws Error when it is not the Korean page of that event, or not in an encoding that was to be had
 */
export function demandPage(page: Page, wanted: { eventName: string; compressed: boolean }): void {
  const { status, encoding } = page;
  if (status !== 200) throw new Error(`the page of the event was answered with ${status}`);
  if (wanted.compressed !== (encoding !== null)) throw new Error(`the page came in encoding ${encoding}`);
  const html = textOf(page);
  if (!html.includes('<html lang="ko"')) throw new Error("the page is not in Korean");
  if (!html.includes(wanted.eventName)) throw new Error(`the page does not say "${wanted.eventName}"`);
}

function textOf({ encoding, body }: Page): string {
  if (encoding === null) return body.toString();
  if (encoding === "br") return brotliDecompressSync(body).toString();
  if (encoding === "gzip") return gunzipSync(body).toString();
  throw new Error(`the page came in encoding ${encoding}`);
}
