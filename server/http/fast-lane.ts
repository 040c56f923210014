/**
 * Single plain-JSON calls, which is what crowds send, go to their procedure without the Request, Response and stream
 * objects of tRPC's own handler. Middleware, validation and error shapes are the router's; a differential test sends
 * the same requests through both lanes (fast-lane.test.ts).
 */
import type { IncomingMessage } from "node:http";
import type { Api } from "#server/trpc/context";
import { isJson } from "#server/trpc/request-checks";
import { type ApiRequest, BODY_BYTES_MAX, procedureName } from "./api-call.ts";
import { type Call, callNamed, queryInput, runCall, writeAnswer } from "./plain-call.ts";

/** A query string that is an input and nothing else: no batch, no connection parameters. */
const INPUT_ALONE = /^\?input=[^&#]*$/;
/** Node's Request drops the mark itself, and its decoder drops another one. */
const BYTE_ORDER_MARKS = /^\ufeff{1,2}/;

/** @returns a handler that takes a call and answers it, or leaves it untouched and returns false */
export function fastLane(api: Api): (request: ApiRequest) => boolean {
  return (request) => {
    const call = callOf(request);
    if (call === undefined) return false;
    if (call.type === "query") void answer(request, call, queryInput(request));
    else onceRead(request.req, (body) => void answer(request, call, body));
    return true;
  };

  /** It never rejects. */
  async function answer(request: ApiRequest, call: Call, input: string): Promise<void> {
    const result = await runCall(api, request, { call, input });
    if (result !== undefined) writeAnswer(request.res, 200, { result });
  }
}

/** undefined: not for this lane. Whatever looks unusual is not; the official handler knows all the rules. */
function callOf(request: ApiRequest): Call | undefined {
  const { req, path } = request;
  const call = callNamed(procedureName(request));
  if (call === undefined) return undefined;
  const { type } = call;
  const { headers, method, url = path } = req;
  // Streams of lines are asked for by this header; both lanes refuse them, one knows the words.
  if (headers.accept?.includes("jsonl")) return undefined;
  const bytes = Number(headers["content-length"] ?? 0);
  const isPlain =
    type === "mutation"
      ? method === "POST" && url.length === path.length && isJson(headers) && bytes <= BODY_BYTES_MAX
      : type === "query" && method === "GET" && bytes === 0 && headers["content-type"] === undefined;
  if (!isPlain || headers["transfer-encoding"] !== undefined) return undefined;
  if (type === "query" && url.length > path.length && !INPUT_ALONE.test(url.slice(path.length)))
    return undefined;
  return call;
}

/** Whoever leaves before the end of the body is never answered. */
function onceRead(req: IncomingMessage, then: (body: string) => void): void {
  const chunks: Buffer[] = [];
  req.on("data", (chunk: Buffer) => chunks.push(chunk));
  req.on("end", () => then(textOf(chunks)));
}

function textOf(chunks: readonly Buffer[]): string {
  const [first] = chunks;
  const bytes = chunks.length === 1 && first ? first : Buffer.concat(chunks);
  return bytes.toString("utf8").replace(BYTE_ORDER_MARKS, "");
}
