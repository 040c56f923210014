/** Attacks with what carries a valid input: method, type, origin, session, batch. */
import { type Attack, goodRequest, JSON_TYPE, type Refusal, refusals, type Target } from "./attack.ts";
import { badCookies } from "./cookies.ts";
import type { RequestParts } from "./wire.ts";

const { badRequest, unauthorized, forbidden, notFound, wrongMethod, wrongType } = refusals;

export function carriageAttacks(target: Target): Attack[] {
  const { procedure } = target;
  return [
    ...methods(target),
    ...names(target),
    ...batches(target),
    ...(procedure.kind === "mutation" ? [...mediaTypes(target), ...origins(target)] : []),
    ...(procedure.signedIn ? sessions(target) : []),
  ];
}

function methods(target: Target): Attack[] {
  const good = goodRequest(target);
  const swapped: RequestParts =
    target.procedure.kind === "mutation"
      ? {
          target: `${good.target}?input=${encodeURIComponent(String(good.body))}`,
          headers: good.headers ?? [],
        }
      : { ...good, method: "POST", headers: [...(good.headers ?? []), JSON_TYPE], body: "{}" };
  const others = ["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "QUERY"];
  return [
    { title: "the other kind's method", request: swapped, refusal: wrongMethod },
    ...others.map((method): Attack => {
      const { code, ...bare } = wrongMethod;
      return {
        title: method,
        request: { ...good, method },
        refusal: method === "HEAD" ? bare : { ...bare, code },
      };
    }),
    overridden(target, "X-HTTP-Method-Override"),
    overridden(target, "X-Method-Override"),
  ];
}

/** A header that some frameworks take for the method. */
function overridden(target: Target, header: string): Attack {
  const good = goodRequest(target);
  const wanted = target.procedure.kind === "mutation" ? "POST" : "GET";
  const headers = [...(good.headers ?? []), [header, wanted] as const, JSON_TYPE];
  const method = wanted === "POST" ? "GET" : "POST";
  const { body, ...rest } = good;
  const request = method === "GET" ? { ...rest, method, headers } : { ...rest, body: "{}", method, headers };
  return { title: header, request, refusal: wrongMethod };
}

function names(target: Target): Attack[] {
  const good = goodRequest(target);
  const at = (name: string, refusal: Refusal = notFound): Attack => ({
    title: `as ${name}`,
    request: { ...good, target: good.target.replace(target.name, name) },
    refusal,
  });
  const [router = "", procedure = ""] = target.name.split(".");
  return [
    at(`${target.name},${target.name}`),
    at(target.name.toUpperCase()),
    at(`${target.name}.`),
    at(`${target.name}/`),
    at(`${target.name}%20`),
    at(`${router}.__proto__`),
    at(`${router}.constructor`),
    at(`__proto__.${procedure}`),
    at(`${router}.${procedure}.__proto__`),
    at("toString"),
    at(`${target.name}%00`, { status: 400 }),
    at(`..%2f${target.name}`, { status: 400 }),
    at(`../trpc/${target.name}`, { status: 400 }),
    at(`%2e%2e/trpc/${target.name}`, { status: 400 }),
    at(`/${target.name}`, { status: 400 }),
    at("x".repeat(15_000)),
    at("x".repeat(20_000), refusals.headersTooLarge),
  ];
}

function batches(target: Target): Attack[] {
  const good = goodRequest(target);
  const of = (calls: number): RequestParts => ({
    ...good,
    target: `/api/trpc/${Array(calls).fill(target.name).join(",")}?batch=1`,
    ...(good.method === "POST" ? { body: "{}" } : {}),
  });
  return [11, 100, 500].map((calls) => ({
    title: `a batch of ${calls}`,
    request: of(calls),
    refusal: badRequest,
  }));
}

function mediaTypes(target: Target): Attack[] {
  const good = goodRequest(target);
  const cookie = ["Cookie", target.cookie] as const;
  const sent = (title: string, type: string | null, body: string = String(good.body)): Attack => ({
    title: `sent as ${title}`,
    request: { ...good, headers: type === null ? [cookie] : [cookie, ["Content-Type", type]], body },
    refusal: wrongType,
  });
  const input = target.procedure.good(target.targets) ?? {};
  const form = new URLSearchParams(
    Object.entries(input).map(([key, value]) => [key, String(value)]),
  ).toString();
  const part = `--x\r\nContent-Disposition: form-data; name="0"\r\n\r\n${String(good.body)}\r\n--x--\r\n`;
  return [
    sent("nothing", null),
    sent("text/plain", "text/plain"),
    sent("text/plain with JSON in a parameter", "text/plain; application/json"),
    sent("text/json", "text/json"),
    sent("application/jsonp", "application/jsonp"),
    sent("an octet stream", "application/octet-stream"),
    sent("a form", "application/x-www-form-urlencoded", form),
    sent("multipart", "multipart/form-data; boundary=x", part),
    sent("multipart without a boundary", "multipart/form-data", part),
  ];
}

function origins(target: Target): Attack[] {
  const good = goodRequest(target);
  const headers: (readonly [string, string])[][] = [
    [["Origin", "https://evil.example"]],
    [["Origin", "http://shop.example.evil.example"]],
    [["Origin", "http://shop.example:81"]],
    [["Origin", "null"]],
    [["Origin", ""]],
    [
      ["Origin", "http://shop.example"],
      ["Origin", "https://evil.example"],
    ],
    [["Sec-Fetch-Site", "cross-site"]],
    [["Sec-Fetch-Site", "same-site"]],
    [["Sec-Fetch-Site", "none"]],
    [["Sec-Fetch-Site", "same-origin, cross-site"]],
    [
      ["Sec-Fetch-Site", "cross-site"],
      ["Origin", "http://shop.example"],
    ],
  ];
  return headers.map((added) => ({
    title: added.map(([name, value]) => `${name}: ${value}`).join(" and "),
    request: { ...good, headers: [...(good.headers ?? []), ...added] },
    refusal: forbidden,
  }));
}

function sessions(target: Target): Attack[] {
  const good = goodRequest(target);
  const others = (good.headers ?? []).filter(([name]) => name !== "Cookie");
  return badCookies(target.cookie).map(([title, cookies]) => ({
    title,
    request: { ...good, headers: [...others, ...cookies.map((cookie) => ["Cookie", cookie] as const)] },
    refusal: unauthorized,
  }));
}
