/** Every call in every form that tRPC knows: its own handler for Node, with our limits around it. */
import { nodeHTTPRequestHandler } from "@trpc/server/adapters/node-http";
import { type Api, outerContext } from "#server/trpc/context";
import { appRouter } from "#server/trpc/router";
import { type ApiRequest, BODY_BYTES_MAX, isWorthAnotherTry, logRefusal, procedureName } from "./api-call.ts";

const BATCH_CALLS_MAX = 10;

/** @returns a handler that answers every request below `API_PREFIX`; it never rejects. */
export function officialLane(api: Api): (request: ApiRequest) => Promise<void> {
  return (request) => {
    const { req, res, requestId } = request;
    return nodeHTTPRequestHandler({
      req,
      res,
      path: procedureName(request),
      router: appRouter,
      createContext: () => outerContext(api, { req, res, requestId }),
      maxBodySize: BODY_BYTES_MAX,
      maxBatchSize: BATCH_CALLS_MAX,
      onError: ({ error, path: procedure }) => logRefusal(api, { error, procedure, requestId }),
      responseMeta: ({ errors }) =>
        errors.some(isWorthAnotherTry) ? { headers: new Headers({ "Retry-After": "1" }) } : {},
    });
  };
}
