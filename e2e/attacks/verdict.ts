/** What is wrong with an answer, in sentences: another refusal than was due, the inside shown, a header missing. */
import { type Answer, errorCode, header } from "./answers.ts";
import type { Refusal } from "./attack.ts";
import { insideShown } from "./inside.ts";

/** On every answer, whoever writes it. */
const headersDue: readonly (readonly [name: string, value: RegExp])[] = [
  ["x-content-type-options", /^nosniff$/],
  ["x-frame-options", /^DENY$/],
  ["referrer-policy", /^strict-origin-when-cross-origin$/],
  ["permissions-policy", /camera=\(\)/],
  ["cross-origin-opener-policy", /^same-origin$/],
  ["cross-origin-resource-policy", /^same-origin$/],
  ["content-security-policy", /frame-ancestors 'none'; |frame-ancestors 'none'$/],
  ["x-request-id", /^[A-Za-z0-9._-]{8,64}$/],
];
const NEVER_SENT = ["server", "x-powered-by", "access-control-allow-origin", "strict-transport-security"];

/** @param secrets values that no answer may hold */
export function problemsOf(answer: Answer, text: string, secrets: readonly string[] = []): string[] {
  const missing = headersDue.filter(([name, value]) => !value.test(header(answer, name) ?? ""));
  const extra = NEVER_SENT.filter((name) => answer.headers.has(name));
  const doubled = headersDue.filter(([name]) => (answer.headers.get(name)?.length ?? 0) > 1);
  return [
    ...missing.map(([name]) => `lacks ${name}`),
    ...extra.map((name) => `sends ${name}`),
    ...doubled.map(([name]) => `sends ${name} twice`),
    ...insideShown(text, secrets),
  ];
}

/** The same, and whether it is the refusal that was due. */
export function problemsOfRefusal(answer: Answer | undefined, text: string, due: Refusal): string[] {
  if (answer === undefined) return ["has no answer"];
  const told = { status: answer.status, code: due.code === undefined ? undefined : errorCode(answer) };
  const isDue = told.status === due.status && told.code === due.code;
  return [
    ...(isDue ? [] : [`is ${told.status} ${told.code ?? ""} instead of ${due.status} ${due.code ?? ""}`]),
    ...(answer.headers.has("set-cookie") ? ["sets a cookie"] : []),
    ...problemsOf(answer, text),
  ];
}
