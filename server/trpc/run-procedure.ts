/**
 * Calling a procedure for less. tRPC's own caller copies the call twice for each middleware, with a helper for old
 * engines that defines one property after the other: 9 of the 10 µs that a claim spends between the wire and the core.
 * Here the same middlewares (tRPC's checks of the input among them) run in the same order, with the copies that today's
 * engines make. The differential test of the two lanes (http/fast-lane.test.ts) holds it to tRPC's behaviour.
 */
import { type AnyTRPCProcedure, getTRPCErrorFromUnknown, type TRPCProcedureType } from "@trpc/server";
import type { Context } from "./context.ts";

/** One call, as the middlewares of tRPC 11 get it. */
export type ProcedureCall = {
  ctx: Context;
  path: string;
  type: TRPCProcedureType;
  /** rejects for what is no JSON */
  getRawInput: () => Promise<unknown>;
  signal: AbortSignal | undefined;
};

type Running = ProcedureCall & { input?: unknown };
type Result = { ok: true; data: unknown } | { ok: false; error: unknown };
type Changes = { ctx?: object; input?: unknown; getRawInput?: ProcedureCall["getRawInput"] };
type Middleware = (
  call: Running & { meta: unknown; next: (changes?: Changes) => Promise<Result> },
) => Promise<Result>;
type Definition = { middlewares: readonly Middleware[]; meta: unknown };

/**
 * @returns calls the procedure: resolves with what it returned; throws what a middleware refused with, which
 * `getTRPCErrorFromUnknown` makes a TRPCError of
 * @throws Error when this release of tRPC keeps the middlewares elsewhere
 */
export function runnerOf(procedure: AnyTRPCProcedure): (call: ProcedureCall) => Promise<unknown> {
  // They are no part of tRPC's types; an update that moves them is noticed at start, by every test.
  const definition = procedure._def as unknown as Partial<Definition>;
  const { middlewares, meta } = definition;
  if (!middlewares?.length) throw new Error("tRPC's procedures have no middlewares any more");

  async function run(index: number, call: Running): Promise<Result> {
    try {
      const middleware = (middlewares as readonly Middleware[])[index] as Middleware;
      return await middleware({
        ...call,
        meta,
        input: call.input,
        next: (changes) => run(index + 1, changes === undefined ? call : changed(call, changes)),
      });
    } catch (cause) {
      return { ok: false, error: getTRPCErrorFromUnknown(cause) };
    }
  }

  return async (call) => {
    const result = await run(0, call);
    if (!result.ok) throw result.error;
    return result.data;
  };
}

function changed(call: Running, changes: Changes): Running {
  return {
    ...call,
    ctx: changes.ctx === undefined ? call.ctx : { ...call.ctx, ...changes.ctx },
    input: "input" in changes ? changes.input : call.input,
    getRawInput: changes.getRawInput ?? call.getRawInput,
  };
}
