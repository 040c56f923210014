/** One attack: bytes, and the refusal that they deserve (docs/api.md). */
import type { Procedure, Targets } from "./procedures.ts";
import type { RequestParts } from "./wire.ts";

export type Refusal = { status: number; code?: string };
export type Attack = { title: string; request: RequestParts; refusal: Refusal };

/** A procedure, its name, and who calls it about what. */
export type Target = { name: string; procedure: Procedure; cookie: string; targets: Targets };

export const refusals = {
  badRequest: { status: 400, code: "BAD_REQUEST" },
  unauthorized: { status: 401, code: "UNAUTHORIZED" },
  forbidden: { status: 403, code: "FORBIDDEN" },
  notFound: { status: 404, code: "NOT_FOUND" },
  wrongMethod: { status: 405, code: "METHOD_NOT_SUPPORTED" },
  tooLarge: { status: 413, code: "PAYLOAD_TOO_LARGE" },
  wrongType: { status: 415, code: "UNSUPPORTED_MEDIA_TYPE" },
  /** said by the front door, before there is an API */
  headersTooLarge: { status: 431 },
} as const satisfies Record<string, Refusal>;

export const JSON_TYPE = ["Content-Type", "application/json"] as const;

/** The request that carries this text as the input, in the way the procedure wants it. */
export function carrying({ name, procedure, cookie }: Target, text: string): RequestParts {
  const target = `/api/trpc/${name}`;
  const headers = [["Cookie", cookie]] as const;
  return procedure.kind === "mutation"
    ? { method: "POST", target, headers: [...headers, JSON_TYPE], body: text }
    : { target: `${target}?input=${encodeURIComponent(text)}`, headers };
}

/** The valid request: what the other attacks bend. */
export function goodRequest(target: Target): RequestParts {
  const { name, procedure, cookie, targets } = target;
  const input = procedure.good(targets);
  if (input !== undefined) return carrying(target, JSON.stringify(input));
  const headers = [["Cookie", cookie]] as const;
  const path = `/api/trpc/${name}`;
  return procedure.kind === "mutation"
    ? { method: "POST", target: path, headers: [...headers, JSON_TYPE], body: "{}" }
    : { target: path, headers };
}
