/** `/api/trpc/*`: the official tRPC handler for Node, with our limits around it. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TRPCError } from "@trpc/server";
import { nodeHTTPRequestHandler } from "@trpc/server/adapters/node-http";
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import { type Api, outerContext } from "#server/trpc/context";
import { appRouter } from "#server/trpc/router";
import { answerJson } from "./answers.ts";

export const API_PREFIX = "/api/trpc/";

/** The largest honest body is a batch of ten small inputs, about 1 KiB. */
const BODY_BYTES_MAX = 16 * 1024;
const BATCH_CALLS_MAX = 10;
const METHODS = "GET, POST";

/** Refusals that pass by themselves: a second later the same call may be answered. */
const comeAgainCodes: ReadonlySet<TRPCError["code"]> = new Set(["TOO_MANY_REQUESTS", "SERVICE_UNAVAILABLE"]);

/** In tRPC's wire format, so that clients need one way to read errors. */
const wrongMethod = {
  error: {
    message: "Use GET or POST.",
    code: TRPC_ERROR_CODES_BY_KEY.METHOD_NOT_SUPPORTED,
    data: { code: "METHOD_NOT_SUPPORTED", httpStatus: 405 },
  },
};

export type ApiRequest = { req: IncomingMessage; res: ServerResponse; path: string; requestId: string };

/** @returns a handler that answers every request below `API_PREFIX`; it never rejects. */
export function apiHandler(api: Api): (request: ApiRequest) => Promise<void> {
  return async ({ req, res, path, requestId }) => {
    res.setHeader("Cache-Control", "no-store");
    if (req.method !== "GET" && req.method !== "POST") {
      res.setHeader("Allow", METHODS);
      return answerJson(res, 405, wrongMethod);
    }

    // A streamed answer sends its headers before the procedures run: then none could set a cookie or a status.
    delete req.headers["trpc-accept"];
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
        errors.some((error) => comeAgainCodes.has(error.code))
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
  if (error.code === "INTERNAL_SERVER_ERROR" || error.code === "SERVICE_UNAVAILABLE")
    api.log.error({ error: error.cause ?? error, procedure, requestId }, "a call failed");
  else api.log.debug({ code: error.code, procedure, requestId }, "a call was refused");
}
