/**
 * The files of the build (scripts, styles, fonts, the icon), answered from memory: a fixed table of paths, so that no
 * request ever becomes a path on the disk, and each file compressed once and not per request.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { answerText } from "./answers.ts";
import { compress } from "./compress.ts";
import { chooseEncoding, type Encoding, encodings } from "./encodings.ts";
import { contentHash, etagOf, holds } from "./etags.ts";

/** Everything below is a file of some build; the path holds a hash of the content. */
const HASHED_PREFIX = "/_next/static/";
const HASHED_CACHE = "public, max-age=31536000, immutable";
/** The pages link the others with a hash in the query, so a changed icon is asked for under another address. */
const OTHER_CACHE = "public, max-age=86400";

const contentTypes: Record<string, string> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  json: "application/json",
  map: "application/json",
  txt: "text/plain; charset=utf-8",
  webmanifest: "application/manifest+json",
  svg: "image/svg+xml",
  ico: "image/x-icon",
  png: "image/png",
  jpg: "image/jpeg",
  webp: "image/webp",
  woff2: "font/woff2",
};

/** These are compressed by their own format. */
const COMPRESSED_TYPES = /^(image\/(png|jpeg|webp)|font\/woff2)$/;

/** A file of the build and the path by which pages ask for it. */
export type AssetFile = { path: string; body: Buffer };

export type Assets = {
  /** @returns false when the path is not one of an asset, and somebody else has to answer */
  answer(req: IncomingMessage, res: ServerResponse, path: string): boolean;
  /**
   * Makes the compressed bodies, one after the other and off the main thread. Until then answers are right, and
   * larger: nobody has to wait for it.
   */
  compress(): Promise<void>;
};

type Asset = { contentType: string; cacheControl: string; hash: string; body: Buffer } & {
  [E in Encoding]?: Buffer;
};

/** @param files all that there ever will be; other paths below `/_next/static/` are a 404 */
export function createAssets(files: readonly AssetFile[]): Assets {
  const table = new Map<string, Asset>(files.map((file) => [file.path, assetOf(file)]));
  return {
    answer(req, res, path) {
      const asset = table.get(decodeURIComponent(path));
      if (asset !== undefined) answerAsset(req, res, asset);
      else if (path.startsWith(HASHED_PREFIX)) answerMissing(res);
      else return false;
      return true;
    },
    async compress() {
      const compressible = [...table.values()].filter((asset) => !COMPRESSED_TYPES.test(asset.contentType));
      // gzip is quick: with it, the time without any compression is short.
      for (const encoding of [...encodings].reverse())
        for (const asset of compressible) {
          const body = await compress(asset.body, { encoding, effort: "best" });
          if (body.length < asset.body.length) asset[encoding] = body;
        }
    },
  };
}

function assetOf({ path, body }: AssetFile): Asset {
  const extension = path.slice(path.lastIndexOf(".") + 1);
  return {
    contentType: contentTypes[extension] ?? "application/octet-stream",
    cacheControl: path.startsWith(HASHED_PREFIX) ? HASHED_CACHE : OTHER_CACHE,
    hash: contentHash(body),
    body,
  };
}

function answerAsset(req: IncomingMessage, res: ServerResponse, asset: Asset): void {
  const encoding = chooseEncoding(req.headers["accept-encoding"], (name) => asset[name] !== undefined);
  const body = encoding === null ? asset.body : (asset[encoding] ?? asset.body);
  const etag = etagOf(asset.hash, encoding);
  res.setHeader("Cache-Control", asset.cacheControl);
  res.setHeader("Vary", "Accept-Encoding");
  res.setHeader("ETag", etag);
  if (holds(req.headers["if-none-match"], etag)) {
    res.statusCode = 304;
    res.end();
    return;
  }
  res.setHeader("Content-Type", asset.contentType);
  res.setHeader("Content-Length", body.length);
  if (encoding !== null) res.setHeader("Content-Encoding", encoding);
  res.end(body);
}

/** Usually a file of another release, asked for while web processes are replaced: that must not be remembered. */
function answerMissing(res: ServerResponse): void {
  res.setHeader("Cache-Control", "no-store");
  answerText(res, 404, "Not found");
}
