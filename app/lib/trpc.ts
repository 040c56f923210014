/** The browser's typed way to the API. Only types of the server come along. */
import { createTRPCClient, httpBatchLink, httpLink, splitLink, TRPCClientError } from "@trpc/client";
import type { AppRouter } from "#server/trpc/router";

const API_PATH = "/api/trpc";
/** The server refuses larger batches. */
const BATCH_ITEMS_MAX = 10;
/** A phone between two cells can leave a request without an answer for minutes; say so and offer a retry. */
const ANSWER_TIMEOUT_MS = 10_000;

export type Api = ReturnType<typeof createApi>;

export function createApi() {
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        // A claim travels alone: it must not wait for a slower neighbour in its batch.
        condition: (operation) => operation.path === "coupon.claim",
        true: httpLink({ url: API_PATH, fetch: fetchInTime }),
        false: httpBatchLink({ url: API_PATH, fetch: fetchInTime, maxItems: BATCH_ITEMS_MAX }),
      }),
    ],
  });
}

export type FailureKind = "signed_out" | "too_many" | "not_found" | "refused" | "offline" | "broken";

const KIND_OF_CODE: Record<string, FailureKind> = {
  UNAUTHORIZED: "signed_out",
  TOO_MANY_REQUESTS: "too_many",
  NOT_FOUND: "not_found",
  BAD_REQUEST: "refused",
  FORBIDDEN: "refused",
};

/** What went wrong, as far as a page's words depend on it. "offline": no answer came, its outcome is unknown. */
export function failureKind(error: unknown): FailureKind {
  if (!(error instanceof TRPCClientError)) return "broken";
  const code: unknown = error.data?.code;
  if (typeof code !== "string") return "offline";
  return KIND_OF_CODE[code] ?? "broken";
}

type FetchOptions = Parameters<NonNullable<HTTPLinkOptions["fetch"]>>[1];
type HTTPLinkOptions = Parameters<typeof httpLink<AppRouter>>[0];

/** fetch with a time-out, also for an answer whose body stops half-way. */
async function fetchInTime(input: string | URL | Request, init?: FetchOptions): Promise<Response> {
  const abort = new AbortController();
  const stop = () => abort.abort();
  const timer = setTimeout(stop, ANSWER_TIMEOUT_MS);
  if (init?.signal?.aborted) stop();
  init?.signal?.addEventListener("abort", stop, { once: true });
  try {
    const response = await fetch(input, { ...(init as RequestInit), signal: abort.signal });
    const body = await response.text();
    return new Response(body, { status: response.status, headers: response.headers });
  } finally {
    clearTimeout(timer);
    init?.signal?.removeEventListener("abort", stop);
  }
}
