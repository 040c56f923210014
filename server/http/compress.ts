/** Compression off the main thread, for what is kept in memory and sent to many. */
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Encoding } from "./encodings.ts";

/**
 * `best` is for what is compressed once in the life of a process: 700 KB of scripts take brotli a second, gzip 20 ms.
 * `quick` is for what is made again each second: 23 KB of a page take brotli 0.8 ms and become 7.2 KB, where the best
 * would take 30 ms for 6.7 KB.
 */
export type Effort = "best" | "quick";

const brotliQuality = { best: constants.BROTLI_MAX_QUALITY, quick: 5 } satisfies Record<Effort, number>;
const gzipLevel = { best: constants.Z_BEST_COMPRESSION, quick: 6 } satisfies Record<Effort, number>;

const compressors: Record<Encoding, (body: Buffer, effort: Effort) => Promise<Buffer>> = {
  br: (body, effort) =>
    promisify(brotliCompress)(body, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: brotliQuality[effort],
        [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
      },
    }),
  gzip: (body, effort) => promisify(gzip)(body, { level: gzipLevel[effort] }),
};

export function compress(body: Buffer, how: { encoding: Encoding; effort: Effort }): Promise<Buffer> {
  return compressors[how.encoding](body, how.effort);
}
