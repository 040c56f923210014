/**
 * The browser's typed way to the API: tRPC's plain wire format over fetch. Types of the server come along and nothing
 * else: tRPC's own client would be a twentieth of the script of an event page (docs/decisions/0015).
 */
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/trpc/router";

const API_PATH = "/api/trpc";
/** A phone between two cells can leave a request without an answer for minutes; say so and offer a retry. */
const ANSWER_TIMEOUT_MS = 10_000;

/**
 * The user whom the page shows. A browser has one session for all its windows: when somebody else has signed in
 * meanwhile, the server refuses the call instead of answering for, or spending from, the wrong one.
 */
const OWNER_HEADER = "Sunchak-User";

type Inputs = inferRouterInputs<AppRouter>;
type Outputs = inferRouterOutputs<AppRouter>;
/** Whatever concerns coupons is somebody's own: no caller can forget to say whose. */
type Owner<R> = R extends "coupon" ? [owner: string | undefined] : [];

/** Every procedure that a page calls. Each throws ApiError. */
export const api = {
  session: {
    me: query("session", "me"),
    signIn: mutation("session", "signIn"),
    signOut: mutation("session", "signOut"),
  },
  event: { get: query("event", "get"), list: query("event", "list"), live: subscription("event", "live") },
  coupon: {
    claim: mutation("coupon", "claim"),
    claimStatus: query("coupon", "claimStatus"),
    mine: query("coupon", "mine"),
    use: mutation("coupon", "use"),
  },
};

function query<R extends keyof Inputs, P extends keyof Inputs[R] & keyof Outputs[R] & string>(
  router: R,
  procedure: P,
) {
  return {
    query: (input: Inputs[R][P], ...[owner]: Owner<R>) => {
      const call = `${router}.${procedure}${searchOf(input)}`;
      return answerOf<Outputs[R][P]>(call, { headers: ownerHeader(owner) });
    },
  };
}

function subscription<R extends keyof Inputs, P extends keyof Inputs[R] & string>(router: R, procedure: P) {
  return {
    /** Each message is an output, as JSON. The browser comes back by itself unless the server has refused. */
    open: (input: Inputs[R][P]) => new EventSource(`${API_PATH}/${router}.${procedure}${searchOf(input)}`),
  };
}

function searchOf(input: unknown): string {
  return input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`;
}

function mutation<R extends keyof Inputs, P extends keyof Inputs[R] & keyof Outputs[R] & string>(
  router: R,
  procedure: P,
) {
  return {
    mutate: (input: Inputs[R][P], ...[owner]: Owner<R>) =>
      answerOf<Outputs[R][P]>(`${router}.${procedure}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", ...ownerHeader(owner) },
        ...(input === undefined ? {} : { body: JSON.stringify(input) }),
      }),
  };
}

function ownerHeader(owner: string | undefined): Record<string, string> {
  return owner === undefined ? {} : { [OWNER_HEADER]: owner };
}

/** "other_user": the session belongs to somebody else than the page shows. */
export type FailureKind =
  | "signed_out"
  | "other_user"
  | "too_many"
  | "not_found"
  | "refused"
  | "offline"
  | "broken";

/** Why there is no answer, as far as a page's words depend on it. "offline": none came, its outcome is unknown. */
export class ApiError extends Error {
  readonly kind: FailureKind;
  constructor(kind: FailureKind, options?: ErrorOptions) {
    super(kind, options);
    this.kind = kind;
  }
}

export function failureKind(error: unknown): FailureKind {
  return error instanceof ApiError ? error.kind : "broken";
}

const KIND_OF_CODE: Record<string, FailureKind> = {
  UNAUTHORIZED: "signed_out",
  PRECONDITION_FAILED: "other_user",
  TOO_MANY_REQUESTS: "too_many",
  NOT_FOUND: "not_found",
  BAD_REQUEST: "refused",
  FORBIDDEN: "refused",
};

/** What the API answers to one call, or the error that it answers with. */
type Envelope<T> = { result?: { data: T }; error?: { data?: { code?: string } } };

async function answerOf<T>(call: string, request?: RequestInit): Promise<T> {
  const { result, error } = await envelope<T>(`${API_PATH}/${call}`, request);
  if (result) return result.data;
  throw new ApiError(KIND_OF_CODE[error?.data?.code ?? ""] ?? "broken");
}

async function envelope<T>(url: string, request?: RequestInit): Promise<Envelope<T>> {
  try {
    // The signal also ends an answer whose body stops half-way.
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    return await response.json();
  } catch (cause) {
    // Also for a page of a balancer instead of our JSON: nobody knows whether the call arrived.
    throw new ApiError("offline", { cause });
  }
}
