/**
 * The session: who is calling, carried by one signed cookie, verified in process without a database.
 * Several keys may verify, the first one signs, so that keys can be rotated without signing anyone out.
 */
import { parseCookie, stringifySetCookie } from "cookie";
import { sign, unsign } from "cookie-signature";
import { createLRU } from "lru.min";
import { z } from "zod";
import { USER_ID } from "#server/coupon/claim-record";
import { type AuthMode, authModes, type Me, roles } from "#server/identity";

const SESSION_COOKIE = "sunchak_session";
const SESSION_DAYS = 7;
const DAY_S = 24 * 60 * 60;

/** Sessions that one process remembers as good: a crowd that waits on the page for the button. About 500 bytes each. */
const REMEMBERED_MAX = 200_000;

const payload = z.strictObject({
  userId: z.string().regex(USER_ID),
  displayName: z.string().min(1).max(100),
  role: z.enum(roles),
  /** Who was anyone in the demo must not stay it when a provider is asked from now on. */
  mode: z.enum(authModes),
  expiresAtMs: z.int(),
});
type Session = z.infer<typeof payload>;
type Opened = { session: Session; key: string };

export interface Sessions {
  /** @returns null when there is no cookie, or it is forged, malformed or expired. Never throws. */
  read(cookieHeader: string | undefined): Me | null;
  /**
   * @returns for a good session that another key than the first has signed, the value of a Set-Cookie header that
   * signs it with the first; it ends when it would have. null when there is nothing to renew. Never throws.
   */
  renew(cookieHeader: string | undefined): string | null;
  /** @returns the value of a Set-Cookie header that signs this user in for seven days. */
  issue(me: Me): string;
  /** @returns the value of a Set-Cookie header that removes the session. */
  clear(): string;
}

/**
 * @param options.keys at least one; `secure` when the public address is https; `mode` is how people sign in here, and
 * only its sessions count; `nowMs` is the wall clock; so many as `rememberedMax` (0: none) need not be verified again
 */
export function signedSessions(options: {
  keys: readonly string[];
  secure: boolean;
  mode: AuthMode;
  nowMs: () => number;
  rememberedMax?: number;
}): Sessions {
  const [signingKey] = options.keys;
  if (signingKey === undefined) throw new Error("signedSessions needs at least one key");

  const setCookie = (value: string, maxAge: number): string =>
    stringifySetCookie({
      name: SESSION_COOKIE,
      value,
      maxAge,
      path: "/",
      httpOnly: true,
      sameSite: "lax",
      secure: options.secure,
    });

  /** Good sessions by their signed value: a press is seldom a user's first call. Only what we signed comes in. */
  const rememberedMax = options.rememberedMax ?? REMEMBERED_MAX;
  const opened = rememberedMax === 0 ? null : createLRU<string, Opened>({ max: rememberedMax });

  /** The session of this request, and the key that signed it. */
  function open(cookieHeader: string | undefined): Opened | null {
    const cookie = cookieHeader === undefined ? null : onlySessionCookie(cookieHeader);
    if (cookie === null) return null;
    const known = opened?.get(cookie) ?? firstLook(cookie);
    return known === null || known.session.expiresAtMs <= options.nowMs() ? null : known;
  }

  function firstLook(cookie: string): Opened | null {
    const signed = verify(cookie, options.keys);
    const session = signed && decodePayload(signed.value);
    if (!session || session.mode !== options.mode) return null;
    const found = { session, key: signed.key };
    // A copy: a piece of the header would keep the whole of it, with everybody else's cookies.
    opened?.set(Buffer.from(cookie).toString(), found);
    return found;
  }

  function setSession(session: Session): string {
    const encoded = Buffer.from(JSON.stringify(session)).toString("base64url");
    const maxAgeS = Math.ceil((session.expiresAtMs - options.nowMs()) / 1000);
    return setCookie(sign(encoded, signingKey as string), maxAgeS);
  }

  return {
    read(cookieHeader) {
      const session = open(cookieHeader)?.session;
      return session
        ? { userId: session.userId, displayName: session.displayName, role: session.role }
        : null;
    },
    renew(cookieHeader) {
      const found = open(cookieHeader);
      return found === null || found.key === signingKey ? null : setSession(found.session);
    },
    issue: (me) =>
      setSession({ ...me, mode: options.mode, expiresAtMs: options.nowMs() + SESSION_DAYS * DAY_S * 1000 }),
    clear: () => setCookie("", 0),
  };
}

/**
 * The value of the session cookie; null when there is none, or more than one. A neighbour under the same domain can
 * add a second one in front of ours, and a claim must not go to an account that somebody else chose.
 */
function onlySessionCookie(cookieHeader: string): string | null {
  const named = cookieHeader.split(";").filter((pair) => pair.split("=", 1)[0]?.trim() === SESSION_COOKIE);
  return named.length === 1 ? (parseCookie(cookieHeader)[SESSION_COOKIE] ?? null) : null;
}

function verify(cookie: string, keys: readonly string[]): { value: string; key: string } | null {
  for (const key of keys) {
    const value = unsign(cookie, key);
    if (value !== false) return { value, key };
  }
  return null;
}

/** The signature was right, but a payload of another release may still have another shape. */
function decodePayload(encoded: string): Session | null {
  try {
    return payload.parse(JSON.parse(Buffer.from(encoded, "base64url").toString("utf8")));
  } catch {
    return null;
  }
}
