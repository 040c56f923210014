/** What an error of openid-client means to the person who wants to sign in. */
import { AuthorizationResponseError, ClientError, ResponseBodyError } from "openid-client";
import { SignInError, type SignInProblem } from "#server/identity";

/** The provider answered, and what it vouched with does not hold. Every other code means that it did not answer well. */
const UNVERIFIED = new Set([
  "OAUTH_INVALID_RESPONSE",
  "OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED",
  "OAUTH_JWT_CLAIM_COMPARISON_FAILED",
  "OAUTH_JWT_TIMESTAMP_CHECK_FAILED",
  "OAUTH_KEY_SELECTION_FAILED",
  "OAUTH_PARSE_ERROR",
  "OAUTH_UNSUPPORTED_OPERATION",
]);
/** What was asked for is no metadata of OpenID Connect. */
const NO_METADATA = new Set([
  "OAUTH_INVALID_RESPONSE",
  "OAUTH_PARSE_ERROR",
  "OAUTH_RESPONSE_IS_NOT_CONFORM",
  "OAUTH_RESPONSE_IS_NOT_JSON",
]);
/** Error names of providers and query strings go into the log; the standard's are shorter. */
const NAME_LENGTH_MAX = 60;

/**
 * @returns the error for the front door. It carries no cause: those of openid-client hold answers, tokens and claims,
 * which belong into no log.
 */
export function signInErrorOf(error: unknown): SignInError {
  if (error instanceof SignInError) return error;
  return new SignInError(problemOf(error), reasonOf(error));
}

/** The same for an error of discovery, where an answer that says something else is the wrong address or set-up. */
export function discoveryErrorOf(error: unknown): SignInError {
  const isAnswer = error instanceof ClientError && NO_METADATA.has(error.code ?? "");
  if (!isAnswer || statusOf(error) >= 500) return signInErrorOf(error);
  return new SignInError("unusable", `no metadata of OpenID Connect: ${reasonOf(error)}`);
}

function statusOf({ cause }: Error): number {
  return cause instanceof Response ? cause.status : 0;
}

function problemOf(error: unknown): SignInProblem {
  if (error instanceof AuthorizationResponseError)
    return error.error === "access_denied" ? "cancelled" : "refused";
  if (error instanceof ResponseBodyError) return error.status < 500 ? "refused" : "unreachable";
  if (error instanceof ClientError && UNVERIFIED.has(error.code ?? "")) return "unverified";
  return "unreachable";
}

function reasonOf(error: unknown): string {
  if (error instanceof AuthorizationResponseError) return `the provider says ${short(error.error)}`;
  if (error instanceof ResponseBodyError)
    return `the provider answers ${error.status}, ${short(error.error)}`;
  if (!(error instanceof Error)) return "an unknown failure";
  return [error, ...causes(error)].map(({ message }) => message.slice(0, 200)).join(": ");
}

/** "fetch failed: connect ECONNREFUSED …". Causes that are no errors are answers, and a SyntaxError quotes one. */
function causes({ cause }: Error): Error[] {
  return cause instanceof Error && !(cause instanceof SyntaxError) ? [cause, ...causes(cause)] : [];
}

function short(name: string): string {
  return JSON.stringify(name.slice(0, NAME_LENGTH_MAX));
}
