/** Which errors a caller may see, and in which words. Everything else is one fixed text and a request id. */
import { TRPCError } from "@trpc/server";
import { z } from "zod";
import { UnknownCouponError, UnknownEventError, UnreachableError } from "#server/coupon/errors";

export const INTERNAL_ERROR_TEXT = "Something went wrong on our side. Please try again.";

/** For a call that changes something too: it may have happened, and asking again tells. */
const UNREACHABLE_TEXT = "This cannot be answered just now. Please try again in a moment.";

type Code = TRPCError["code"];
const coreErrors: readonly { type: new (...args: never[]) => Error; code: Code; message: string }[] = [
  { type: UnknownEventError, code: "NOT_FOUND", message: "There is no such event." },
  { type: UnknownCouponError, code: "NOT_FOUND", message: "There is no such coupon." },
  { type: UnreachableError, code: "SERVICE_UNAVAILABLE", message: UNREACHABLE_TEXT },
];

/**
 * The API's error for an error that the core throws on purpose, also where an adapter's library has put its own
 * around it; undefined for every other one.
 */
export function apiErrorOf(cause: unknown): TRPCError | undefined {
  for (let error = cause; error instanceof Error; error = error.cause) {
    const known = coreErrors.find(({ type }) => error instanceof type);
    if (known) return new TRPCError({ code: known.code, message: known.message, cause });
  }
  return undefined;
}

/** tRPC has two codes for what it cannot read; ours is one, which callers know. */
export function publicCode(code: Code): Code {
  return code === "PARSE_ERROR" ? "BAD_REQUEST" : code;
}

/** The words for the caller. A message from the inside (SQL, addresses, parser errors) never becomes one. */
export function publicMessage(error: TRPCError): string {
  if (error.code === "INTERNAL_SERVER_ERROR") return INTERNAL_ERROR_TEXT;
  if (error.cause instanceof z.ZodError) return describeIssues(error.cause);
  if (error.code === "PARSE_ERROR") return "The request cannot be read.";
  if (error.code === "UNSUPPORTED_MEDIA_TYPE") return "Send application/json.";
  if (error.cause instanceof SyntaxError) return "The request is not valid JSON.";
  if (error.code === "PAYLOAD_TOO_LARGE") return "The request is too large.";
  return error.message;
}

/** At most this many problems of one input are told; more help nobody. */
const ISSUES_MAX = 5;

function describeIssues(error: z.ZodError): string {
  const issues = error.issues.slice(0, ISSUES_MAX);
  return issues.map((issue) => `${issue.path.join(".") || "input"}: ${issue.message}`).join("; ");
}
