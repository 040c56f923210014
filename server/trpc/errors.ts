/** Which errors a caller may see, and in which words. Everything else is one fixed text and a request id. */
import { TRPCError } from "@trpc/server";
import { z } from "zod";
import { UnknownCouponError, UnknownEventError } from "#server/coupon/errors";

export const INTERNAL_ERROR_TEXT = "Something went wrong on our side. Please try again.";

type Code = TRPCError["code"];
const coreErrors: readonly { type: new (...args: never[]) => Error; code: Code; message: string }[] = [
  { type: UnknownEventError, code: "NOT_FOUND", message: "There is no such event." },
  { type: UnknownCouponError, code: "NOT_FOUND", message: "There is no such coupon." },
];

/** The API's error for an error that the core throws on purpose; undefined for every other one. */
export function apiErrorOf(cause: unknown): TRPCError | undefined {
  const known = coreErrors.find(({ type }) => cause instanceof type);
  return known && new TRPCError({ code: known.code, message: known.message, cause });
}

/** The words for the caller. A message from the inside (SQL, addresses, parser errors) never becomes one. */
export function publicMessage(error: TRPCError): string {
  if (error.code === "INTERNAL_SERVER_ERROR") return INTERNAL_ERROR_TEXT;
  if (error.cause instanceof z.ZodError) return describeIssues(error.cause);
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
