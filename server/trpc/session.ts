/**
 * The session: who is calling, carried by one signed cookie, verified in process without a database.
 * Several keys may verify, the first one signs, so that keys can be rotated without signing anyone out.
 */
import { parseCookie, stringifySetCookie } from "cookie";
import { sign, unsign } from "cookie-signature";
import { z } from "zod";
import { USER_ID } from "#server/coupon/claim-record";

const SESSION_COOKIE = "sunchak_session";
const SESSION_DAYS = 7;
const DAY_S = 24 * 60 * 60;

export const roles = ["shopper", "operator"] as const;
export type Role = (typeof roles)[number];

/** Who is signed in. */
export type Me = { userId: string; displayName: string; role: Role };

const payload = z.strictObject({
  userId: z.string().regex(USER_ID),
  displayName: z.string().min(1).max(100),
  role: z.enum(roles),
  expiresAtMs: z.int(),
});

export interface Sessions {
  /** @returns null when there is no cookie, or it is forged, malformed or expired. Never throws. */
  read(cookieHeader: string | undefined): Me | null;
  /** @returns the value of a Set-Cookie header that signs this user in for seven days. */
  issue(me: Me): string;
  /** @returns the value of a Set-Cookie header that removes the session. */
  clear(): string;
}

/** @param options.keys at least one; `options.secure` when the public address is https; `nowMs` is the wall clock. */
export function signedSessions(options: {
  keys: readonly string[];
  secure: boolean;
  nowMs: () => number;
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

  return {
    read(cookieHeader) {
      const cookie = cookieHeader === undefined ? undefined : parseCookie(cookieHeader)[SESSION_COOKIE];
      if (cookie === undefined) return null;
      const session = decodePayload(verify(cookie, options.keys));
      if (session === null || session.expiresAtMs <= options.nowMs()) return null;
      return { userId: session.userId, displayName: session.displayName, role: session.role };
    },
    issue(me) {
      const session = { ...me, expiresAtMs: options.nowMs() + SESSION_DAYS * DAY_S * 1000 };
      const encoded = Buffer.from(JSON.stringify(session satisfies z.infer<typeof payload>)).toString(
        "base64url",
      );
      return setCookie(sign(encoded, signingKey), SESSION_DAYS * DAY_S);
    },
    clear: () => setCookie("", 0),
  };
}

function verify(cookie: string, keys: readonly string[]): string | null {
  for (const key of keys) {
    const value = unsign(cookie, key);
    if (value !== false) return value;
  }
  return null;
}

/** The signature was right, but a payload of another release may still have another shape. */
function decodePayload(encoded: string | null): z.infer<typeof payload> | null {
  if (encoded === null) return null;
  try {
    return payload.parse(JSON.parse(Buffer.from(encoded, "base64url").toString("utf8")));
  } catch {
    return null;
  }
}
