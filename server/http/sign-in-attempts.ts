/**
 * What a browser has to remember between leaving for the provider and coming back: one short-lived, signed cookie
 * for each attempt, so that two tabs do not disturb each other and the server keeps nothing.
 */
import { createHmac, randomBytes } from "node:crypto";
import { parseCookie, stringifySetCookie } from "cookie";
import { sign, unsign } from "cookie-signature";
import { z } from "zod";
import type { SignInSecrets } from "#server/identity";

const ATTEMPT_MINUTES = 10;
/** Per browser. The oldest goes first: cookies travel with every request, and headers are bounded. */
const ATTEMPTS_MAX = 4;
/** Per process. An attempt is good for one answer; beyond this number the provider's own check has to do. */
const SPENT_MAX = 10_000;
/** 32 random bytes as base64url. Its first characters name the cookie. */
const SECRET = /^[A-Za-z0-9_-]{43}$/;
const NAME_LENGTH = 8;

const payload = z.strictObject({
  state: z.string().regex(SECRET),
  nonce: z.string().regex(SECRET),
  verifier: z.string().regex(SECRET),
  next: z.string(),
  startedAtMs: z.int(),
});
type Attempt = z.infer<typeof payload>;

export interface SignInAttempts {
  /**
   * @param begun.next a path of this site, checked and bounded
   * @returns the secrets, and the Set-Cookie values that remember them and forget surplus attempts
   */
  begin(begun: { next: string; cookieHeader: string | undefined }): {
    secrets: SignInSecrets;
    cookies: string[];
  };
  /**
   * Spends the attempt that this state belongs to, in this browser.
   * @returns null when there is none, or it is forged, too old or spent; `forget` is a Set-Cookie value
   */
  take(answer: { state: string | null; cookieHeader: string | undefined }): {
    secrets: SignInSecrets;
    next: string;
    forget: string;
  } | null;
}

/** @param options.keys those of the sessions; `secure` when the public address is https; `nowMs` is the wall clock */
export function signInAttempts(options: {
  keys: readonly string[];
  secure: boolean;
  nowMs: () => number;
}): SignInAttempts {
  const { secure, nowMs } = options;
  // Keys of their own, so that no session can pass for an attempt, or the other way round.
  const keys = options.keys.map((key) => createHmac("sha256", key).update("sign-in attempt").digest());
  const [signingKey] = keys;
  if (signingKey === undefined) throw new Error("signInAttempts needs at least one key");
  // The prefix keeps other hosts of our domain from planting such a cookie; browsers accept it with https alone.
  const prefix = `${secure ? "__Host-" : ""}sunchak_sign_in_`;
  const cookieName = new RegExp(`^${prefix}[A-Za-z0-9_-]{${NAME_LENGTH}}$`);
  const spent = new Set<string>();

  const setCookie = (name: string, value: string, maxAge: number): string =>
    stringifySetCookie({ name, value, maxAge, path: "/", httpOnly: true, sameSite: "lax", secure });

  /** Every attempt that the browser shows, by the name of its cookie; null for one that is no good. */
  function shown(cookieHeader: string | undefined): [name: string, attempt: Attempt | null][] {
    return Object.entries(parseCookie(cookieHeader ?? ""))
      .filter(([name]) => cookieName.test(name))
      .map(([name, value]) => [name, open(value ?? "")]);
  }

  function open(value: string): Attempt | null {
    for (const key of keys) {
      const encoded = unsign(value, key);
      if (encoded === false) continue;
      const attempt = decode(encoded);
      return attempt !== null && isYoung(attempt) ? attempt : null;
    }
    return null;
  }

  const nameOf = (state: string): string => `${prefix}${state.slice(0, NAME_LENGTH)}`;
  const isYoung = ({ startedAtMs }: Attempt): boolean => nowMs() - startedAtMs < ATTEMPT_MINUTES * 60_000;

  function spend(state: string): boolean {
    if (spent.has(state)) return false;
    spent.add(state);
    for (const oldest of spent) {
      if (spent.size <= SPENT_MAX) break;
      spent.delete(oldest);
    }
    return true;
  }

  return {
    begin({ next, cookieHeader }) {
      const secrets = { state: secret(), nonce: secret(), verifier: secret() };
      const attempt: Attempt = { ...secrets, next, startedAtMs: nowMs() };
      const value = sign(Buffer.from(JSON.stringify(attempt)).toString("base64url"), signingKey);
      const surplus = shown(cookieHeader)
        .sort(([, one], [, other]) => (other?.startedAtMs ?? 0) - (one?.startedAtMs ?? 0))
        .filter(([, old], index) => old === null || index >= ATTEMPTS_MAX - 1);
      return {
        secrets,
        cookies: [
          ...surplus.map(([name]) => setCookie(name, "", 0)),
          setCookie(nameOf(secrets.state), value, ATTEMPT_MINUTES * 60),
        ],
      };
    },
    take({ state, cookieHeader }) {
      if (state === null || !SECRET.test(state)) return null;
      const name = nameOf(state);
      const found = shown(cookieHeader).find(([shownName]) => shownName === name)?.[1];
      if (!found || found.state !== state || !spend(state)) return null;
      const { next, startedAtMs: _, ...secrets } = found;
      return { secrets, next, forget: setCookie(name, "", 0) };
    },
  };
}

function secret(): string {
  return randomBytes(32).toString("base64url");
}

/** The signature was right, but an attempt of another release may have another shape. */
function decode(encoded: string): Attempt | null {
  try {
    return payload.parse(JSON.parse(Buffer.from(encoded, "base64url").toString("utf8")));
  } catch {
    return null;
  }
}
