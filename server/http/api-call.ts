/** What both lanes of the API share: a request's parts, the limit of its body, and what is said of a refusal. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TRPCError } from "@trpc/server";
import type { Api } from "#server/trpc/context";

export const API_PREFIX = "/api/trpc/";

/** The largest honest body is a batch of ten small inputs, about 1 KiB. */
export const BODY_BYTES_MAX = 16 * 1024;

/** `path` is that of the URL, without its query. */
export type ApiRequest = { req: IncomingMessage; res: ServerResponse; path: string; requestId: string };

/** As it stands in the path: with several names and commas for a batch, and still encoded. */
export function procedureName({ path }: ApiRequest): string {
  return path.slice(API_PREFIX.length);
}

/** Refusals that pass by themselves: a second later the same call may be answered. */
const comeAgainCodes: ReadonlySet<TRPCError["code"]> = new Set(["TOO_MANY_REQUESTS", "SERVICE_UNAVAILABLE"]);

export function isWorthAnotherTry(error: TRPCError): boolean {
  return comeAgainCodes.has(error.code);
}

/** The caller hears a fixed text; the cause, with everything it says about the inside, is for us. */
export function logRefusal(
  api: Api,
  call: { error: TRPCError; procedure: string | undefined; requestId: string },
): void {
  const { error, procedure, requestId } = call;
  if (error.code === "INTERNAL_SERVER_ERROR" || error.code === "SERVICE_UNAVAILABLE")
    api.log.error({ error: error.cause ?? error, procedure, requestId }, "a call failed");
  else api.log.debug({ code: error.code, procedure, requestId }, "a call was refused");
}
