/** fetch, for answers that fit in memory many times over: a provider gone wrong must not fill ours. */
import type { CustomFetch } from "openid-client";

/** Metadata, key sets, tokens and claims are a few KiB each. */
const ANSWER_BYTES_MAX = 256 * 1024;
/** Answers whose body has to stay away (Fetch standard, "null body status"). */
const WITHOUT_BODY = [101, 103, 204, 205, 304];

/** Rejects when the body is larger than it may be; the time limit is in the options that openid-client passes. */
export const boundedFetch: CustomFetch = async (url, options) => {
  const response = await fetch(url, options as RequestInit);
  const { status, statusText, headers } = response;
  const body = await read(response);
  return new Response(WITHOUT_BODY.includes(status) ? null : body, { status, statusText, headers });
};

async function read(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    // Leaving the loop cancels the rest of the body.
    if (length > ANSWER_BYTES_MAX) throw new TypeError(`an answer of more than ${ANSWER_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  const body = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return body;
}
