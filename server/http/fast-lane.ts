/**
 * Single plain-JSON calls, which is what crowds send, go to their procedure without the Request, Response and stream
 * objects of tRPC's own handler. Middleware, validation and error shapes are the router's; a differential test sends
 * the same requests through both lanes (fast-lane.test.ts).
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type AnyTRPCProcedure,
  getTRPCErrorFromUnknown,
  getTRPCErrorShape,
  TRPCError,
  type TRPCProcedureType,
  transformTRPCResponse,
} from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { type Api, outerContext } from "#server/trpc/context";
import { isJson } from "#server/trpc/request-checks";
import { appRouter } from "#server/trpc/router";
import { type ApiRequest, BODY_BYTES_MAX, isWorthAnotherTry, logRefusal, procedureName } from "./api-call.ts";

type Call = { name: string; type: TRPCProcedureType; procedure: AnyTRPCProcedure };

/** The type of the router has the tree of its procedures; in the object they stand by their names. */
const procedures = appRouter._def.procedures as unknown as Record<string, AnyTRPCProcedure>;
const config = appRouter._def._config;

/** A query string that is an input and nothing else: no batch, no connection parameters. */
const INPUT_ALONE = /^\?input=[^&#]*$/;
/** Node's Request drops the mark itself, and its decoder drops another one. */
const BYTE_ORDER_MARKS = /^\ufeff{1,2}/;

/** @returns a handler that takes a call, or leaves it untouched and returns undefined. It never rejects. */
export function fastLane(api: Api): (request: ApiRequest) => Promise<void> | undefined {
  return (request) => {
    const call = callOf(request);
    if (call === undefined) return undefined;
    const { req, path } = request;
    return call.type === "query"
      ? answer(request, call, queryInput(req.url ?? path, path))
      : readBody(req).then((body) => (body === null ? undefined : answer(request, call, body)));
  };

  /** @param input JSON; "" when there is none */
  async function answer({ req, res, requestId }: ApiRequest, call: Call, input: string): Promise<void> {
    const ctx = outerContext(api, { req, res, requestId });
    const { name: path, type, procedure } = call;
    try {
      const data = await procedure({
        ctx,
        path,
        type,
        getRawInput: async () => parseInput(input),
        signal: undefined,
        batchIndex: 0,
      });
      write(res, 200, { result: { data } });
    } catch (cause) {
      const error = getTRPCErrorFromUnknown(cause);
      logRefusal(api, { error, procedure: path, requestId });
      if (isWorthAnotherTry(error)) res.setHeader("Retry-After", "1");
      const shape = getTRPCErrorShape({ config, error, type, path, input: undefined, ctx });
      write(res, getHTTPStatusCodeFromError(error), { error: shape });
    }
  }
}

/** undefined: not for this lane. Whatever looks unusual is not; the official handler knows all the rules. */
function callOf(request: ApiRequest): Call | undefined {
  const { req, path } = request;
  const name = procedureName(request);
  if (!Object.hasOwn(procedures, name)) return undefined;
  const procedure = procedures[name] as AnyTRPCProcedure;
  const { type } = procedure._def;
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
  return { name, type, procedure };
}

/** The value of `input`, decoded as URLSearchParams does, or "". */
function queryInput(url: string, path: string): string {
  return new URLSearchParams(url.slice(path.length)).get("input") ?? "";
}

/** @returns what was sent, as text; null when the sender left before its end */
function readBody(req: IncomingMessage): Promise<string | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.once("end", () => resolve(textOf(chunks)));
    req.once("close", () => resolve(null));
  });
}

function textOf(chunks: readonly Buffer[]): string {
  const [first] = chunks;
  const bytes = chunks.length === 1 && first ? first : Buffer.concat(chunks);
  return bytes.toString("utf8").replace(BYTE_ORDER_MARKS, "");
}

/** @throws TRPCError for what is no JSON */
function parseInput(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TRPCError({ code: "BAD_REQUEST", message: "not JSON", cause });
  }
}

type Answer = Parameters<typeof transformTRPCResponse>[1];

function write(res: ServerResponse, status: number, answer: Answer): void {
  const body = JSON.stringify(transformTRPCResponse(config, answer));
  res.statusCode = status;
  res.setHeader("Content-Type", "application/json");
  res.setHeader("Vary", "trpc-accept, accept");
  res.end(body);
}
