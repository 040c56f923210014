/** A single call in plain JSON, without tRPC's own handler: reading its input, running it, and its answer or error. */
import type { ServerResponse } from "node:http";
import {
  type AnyTRPCProcedure,
  getTRPCErrorFromUnknown,
  getTRPCErrorShape,
  TRPCError,
  type TRPCProcedureType,
} from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { type Api, outerContext } from "#server/trpc/context";
import { appRouter } from "#server/trpc/router";
import { runnerOf } from "#server/trpc/run-procedure";
import { type ApiRequest, isWorthAnotherTry, logRefusal } from "./api-call.ts";
import { sendTogether } from "./send-together.ts";

export type Call = { name: string; type: TRPCProcedureType; run: ReturnType<typeof runnerOf> };

/** The type of the router has the tree of its procedures; in the object they stand by their names. */
const procedures = appRouter._def.procedures as unknown as Record<string, AnyTRPCProcedure>;
const calls = new Map<string, Call>(
  Object.entries(procedures).map(([name, procedure]) => [
    name,
    { name, type: procedure._def.type, run: runnerOf(procedure) },
  ]),
);
const config = appRouter._def._config;

/** @returns undefined for a name that no procedure has */
export function callNamed(name: string): Call | undefined {
  return calls.get(name);
}

/** The value of `input`, decoded as URLSearchParams does, or "". */
export function queryInput({ req, path }: ApiRequest): string {
  return new URLSearchParams((req.url ?? path).slice(path.length)).get("input") ?? "";
}

/**
 * Runs the procedure with its middleware and validation, and answers a refusal.
 * @param input JSON; "" when there is none
 * @returns what the procedure returned; undefined when the call was refused, and the answer is given
 */
export async function runCall(
  api: Api,
  request: ApiRequest,
  { call, input }: { call: Call; input: string },
): Promise<{ data: unknown } | undefined> {
  const { req, res, requestId } = request;
  const ctx = outerContext(api, { req, res, requestId });
  const { name: path, type } = call;
  try {
    const getRawInput = async () => parseInput(input);
    return { data: await call.run({ ctx, path, type, getRawInput, signal: undefined }) };
  } catch (cause) {
    const error = getTRPCErrorFromUnknown(cause);
    refuseCall(api, request, { call, error, ctx });
    return undefined;
  }
}

/** Answers with the error, in the router's words. */
export function refuseCall(
  api: Api,
  { req, res, requestId }: ApiRequest,
  refusal: { call: Call; error: TRPCError; ctx?: ReturnType<typeof outerContext> },
): void {
  const { call, error, ctx = outerContext(api, { req, res, requestId }) } = refusal;
  const { name: path, type } = call;
  logRefusal(api, { error, procedure: path, requestId });
  if (isWorthAnotherTry(error)) res.setHeader("Retry-After", "1");
  const shape = getTRPCErrorShape({ config, error, type, path, input: undefined, ctx });
  writeAnswer(res, getHTTPStatusCodeFromError(error), { error: shape });
}

/** @param answer `{ result }` or `{ error }`: the router has no transformer, so they go out as they are */
export function writeAnswer(res: ServerResponse, status: number, answer: object): void {
  const body = JSON.stringify(answer);
  res.writeHead(status, [...always, "Content-Length", String(Buffer.byteLength(body))]);
  sendTogether(res, body);
}

/** Those of tRPC's own handler; and no cache may keep what a caller heard. */
const always: readonly string[] = [
  ...["Content-Type", "application/json"],
  ...["Cache-Control", "no-store"],
  ...["Vary", "trpc-accept, accept"],
];

/** @throws TRPCError for what is no JSON */
function parseInput(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TRPCError({ code: "BAD_REQUEST", message: "not JSON", cause });
  }
}
