/** Attacks with the input of a call: everything around it is right. */
import { type Attack, carrying, JSON_TYPE, refusals, type Target } from "./attack.ts";
import { chunked } from "./wire.ts";

const { badRequest, tooLarge, headersTooLarge } = refusals;
const MIB = 1024 * 1024;

export function inputAttacks(target: Target): Attack[] {
  return [...shapes(target), ...fields(target), ...keys(target), ...syntax(target), ...sizes(target)];
}

function shapes(target: Target): Attack[] {
  const values: unknown[] = ["text", "", 7, true, [], [{}], [[]]];
  if (target.procedure.needsInput) values.push(null, {});
  const missing: Attack[] = target.procedure.needsInput
    ? [{ title: "no input", request: without(target), refusal: badRequest }]
    : [];
  return [
    ...missing,
    ...values.map((value) => refused(target, `input ${JSON.stringify(value)}`, JSON.stringify(value))),
  ];
}

/** The call without its input: no body, or no query. */
function without(target: Target) {
  const { body: _, target: path, ...rest } = carrying(target, "");
  return { ...rest, target: path.split("?", 1)[0] ?? path };
}

function fields(target: Target): Attack[] {
  const good = target.procedure.good(target.targets) ?? {};
  return Object.entries(target.procedure.wrong).flatMap(([field, values]) =>
    values.map((value) => {
      const text = JSON.stringify({ ...good, [field]: value });
      return refused(target, `${field}: ${String(JSON.stringify(value)).slice(0, 40)}`, text);
    }),
  );
}

/** Unknown fields, and names that a careless copy would follow into a prototype. */
function keys(target: Target): Attack[] {
  const good = JSON.stringify(target.procedure.good(target.targets) ?? {});
  const extra = (field: string) => `${good.slice(0, -1)}${good === "{}" ? "" : ","}${field}}`;
  const added = [
    '"admin":true',
    '"userId2":"kim"',
    '"__proto__":{"role":"operator"}',
    '"__proto__":null',
    '"constructor":{"prototype":{"role":"operator"}}',
    '"prototype":{}',
    '"toString":"x"',
    '"hasOwnProperty":1',
    '"json":{}',
    '"":0',
  ];
  return added.map((field) => refused(target, `added ${field}`, extra(field)));
}

function syntax(target: Target): Attack[] {
  const good = JSON.stringify(target.procedure.good(target.targets) ?? {});
  const texts: [string, string][] = [
    ["cut off", '{"eventId":'],
    ["not JSON", "eventId=1"],
    ["XML", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///dev/null">]><x>&e;</x>'],
    ["two values", `${good}${good}`],
    ["NaN", "NaN"],
    ["a NUL", "\u0000"],
    ["single quotes", "{'eventId':1}"],
    ["10,000 open brackets", "[".repeat(target.procedure.kind === "mutation" ? 10_000 : 4_000)],
    ["nested lists", nested("[", "]", target.procedure.kind === "mutation" ? 8_000 : 2_000)],
    ["nested objects", nested('{"a":', "}", target.procedure.kind === "mutation" ? 2_500 : 500, "1")],
  ];
  return texts.map(([title, text]) => refused(target, title, text));
}

function nested(open: string, close: string, depth: number, core = ""): string {
  return `${open.repeat(depth)}${core}${close.repeat(depth)}`;
}

/** A body of more than 16 KiB, announced or not; a query of more than 16 KiB is a matter of the headers. */
function sizes(target: Target): Attack[] {
  const { name, procedure, cookie } = target;
  if (procedure.kind !== "mutation")
    return [
      {
        title: "17 KiB in the address",
        request: carrying(target, "9".repeat(17_408)),
        refusal: headersTooLarge,
      },
      {
        title: "10,000 deep in the address",
        request: carrying(target, nested("[", "]", 10_000)),
        refusal: headersTooLarge,
      },
    ];
  const post = { method: "POST", target: `/api/trpc/${name}` };
  const headers = [["Cookie", cookie], JSON_TYPE] as const;
  const large = (title: string, body: string): Attack[] => [
    { title, request: { ...post, headers, body }, refusal: tooLarge },
    {
      title: `${title}, in chunks`,
      request: {
        ...post,
        headers: [...headers, ["Transfer-Encoding", "chunked"]],
        body: chunked(body.match(/[\s\S]{1,4096}/g) ?? []),
        length: false,
      },
      refusal: tooLarge,
    },
  ];
  return [
    ...large("17 KiB of blanks", " ".repeat(17_408)),
    ...large("10,000 deep", nested("[", "]", 10_000)),
    ...large("1 MiB", `{"eventId":"${"x".repeat(MIB)}"}`),
  ];
}

function refused(target: Target, title: string, text: string): Attack {
  return { title, request: carrying(target, text), refusal: badRequest };
}
