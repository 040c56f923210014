/** Session cookies that nobody was given. The format is public (its content can be read); the key is not. */
import { createHmac } from "node:crypto";

const NAME = "sunchak_session=";
/** The key of e2e/system/processes.ts: with it a test makes cookies that only differ from good ones in one thing. */
const KEY = "a-key-that-only-these-tests-know-0001";
const DAY_MS = 24 * 60 * 60 * 1000;

type Payload = Record<string, unknown>;

/** The headers of each bad session: one value for each Cookie header. @param good a cookie that is valid */
export function badCookies(good: string): [title: string, cookies: string[]][] {
  const value = good.slice(NAME.length);
  const [body = "", signature = ""] = value.split(".");
  const decoded = decodeURIComponent(signature);
  const me = JSON.parse(Buffer.from(body, "base64url").toString()) as Payload;
  const other = signed({ ...me, userId: "somebody-else" });
  return [
    ["no cookie", []],
    ["an empty cookie", [NAME]],
    ["a cookie cut in the middle", [good.slice(0, good.length / 2)]],
    ["a cookie without its last letter", [good.slice(0, -1)]],
    ["a cookie without a signature", [`${NAME}${body}`]],
    ["a cookie with an empty signature", [`${NAME}${body}.`]],
    ["another user under the same signature", [`${NAME}${encode({ ...me, userId: "kim" })}.${signature}`]],
    ["another role under the same signature", [`${NAME}${encode({ ...me, role: "operator" })}.${signature}`]],
    ["a signature of another key", [NAME + signed(me, "another-key-of-the-same-length-0001")]],
    ["a signature of the empty key", [NAME + signed(me, "")]],
    ["a later end under the same signature", [`${NAME}${encode({ ...me, expiresAtMs: 9e15 })}.${signature}`]],
    ["an expired cookie", [NAME + signed({ ...me, expiresAtMs: Date.now() - 1000 })]],
    ["a cookie that expired a week ago", [NAME + signed({ ...me, expiresAtMs: Date.now() - 7 * DAY_MS })]],
    ["a signed user id that nobody can have", [NAME + signed({ ...me, userId: "a b" })]],
    ["a signed role that does not exist", [NAME + signed({ ...me, role: "root" })]],
    ["a signed text", [`${NAME}${sign("text")}`]],
    ["another cookie's name", [`Sunchak_Session=${value}`]],
    ["a quoted cookie", [`${NAME}"${body}.${decoded}`]],
    ["a cookie of 12 KiB", [NAME + "a".repeat(12 * 1024)]],
    ["10,000 dots", [NAME + ".".repeat(10_000)]],
    ["two valid cookies of different users", [`${good}; ${NAME}${other}`]],
    ["the same in two headers", [good, NAME + other]],
  ];
}

/** A cookie as the product makes it, whatever its content. */
function signed(payload: Payload, key: string = KEY): string {
  return sign(Buffer.from(JSON.stringify(payload)).toString("base64url"), key);
}

function sign(text: string, key: string = KEY): string {
  const signature = createHmac("sha256", key).update(text).digest("base64").replace(/=+$/, "");
  return encodeURIComponent(`${text}.${signature}`);
}

function encode(payload: Payload): string {
  return Buffer.from(JSON.stringify(payload)).toString("base64url");
}
