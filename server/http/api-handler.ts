/** `/api/trpc/*`: the official tRPC handler for Node, with our limits around it. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TRPCError } from "@trpc/server";
import { nodeHTTPRequestHandler } from "@trpc/server/adapters/node-http";
import { type Api, outerContext } from "#server/trpc/context";
import { appRouter } from "#server/trpc/router";
import { answerJson } from "./answers.ts";

export const API_PREFIX = "/api/trpc/";

/** The largest honest body is a batch of ten small inputs, about 1 KiB. */
const BODY_BYTES_MAX = 16 * 1024;
const BATCH_CALLS_MAX = 10;
const METHODS = "GET, POST";

export type ApiRequest = { req: IncomingMessage; res: ServerResponse; path: string; requestId: string };

/** @returns a handler that answers every request below `API_PREFIX`; it never rejects. */
export function apiHandler(api: Api): (request: ApiRequest) => Promise<void> {
  return async ({ req, res, path, requestId }) => {
    res.setHeader("Cache-Control", "no-store");
    if (req.method !== "GET" && req.method !== "POST") {
      res.setHeader("Allow", METHODS);
      return answerJson(res, 405, wireError("METHOD_NOT_SUPPORTED", -32005, 405, "Use GET or POST."));
    }
    // A body that says it is too large is refused before it is read; the others are counted while they arrive.
    if (Number(req.headers["content-length"] ?? 0) > BODY_BYTES_MAX)
      return answerJson(res, 413, wireError("PAYLOAD_TOO_LARGE", -32013, 413, "The request is too large."));

    await nodeHTTPRequestHandler({
      req,
      res,
      path: path.slice(API_PREFIX.length),
      router: appRouter,
      createContext: () => outerContext(api, { req, res, requestId }),
      maxBodySize: BODY_BYTES_MAX,
      maxBatchSize: BATCH_CALLS_MAX,
      onError: ({ error, path: procedure }) => logError(api, { error, procedure, requestId }),
      responseMeta: ({ errors }) =>
        errors.some((error) => error.code === "TOO_MANY_REQUESTS")
          ? { headers: new Headers({ "Retry-After": "1" }) }
          : {},
    });
  };
}

/** The caller hears a fixed text; the cause, with everything it says about the inside, is for us. */
function logError(
  api: Api,
  call: { error: TRPCError; procedure: string | undefined; requestId: string },
): void {
  const { error, procedure, requestId } = call;
  if (error.code === "INTERNAL_SERVER_ERROR")
    api.log.error({ err: error.cause ?? error, procedure, requestId }, "a call failed");
  else api.log.debug({ code: error.code, procedure, requestId }, "a call was refused");
}

/** An error in tRPC's wire format, so that clients need one way to read errors. */
function wireError(code: TRPCError["code"], rpcCode: number, httpStatus: number, message: string): unknown {
  return { error: { message, code: rpcCode, data: { code, httpStatus } } };
}
