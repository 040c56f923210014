/** From what a provider says about a person to who they are here: user id, name and role. Pure. */
import { createHash } from "node:crypto";
import type { Me } from "#server/identity";

/** As code points; a name may hold any letter, and the session travels in a cookie. */
const NAME_LENGTH_MAX = 50;
/** Letters of addresses are compared without case, and some foreign ones turn into ASCII by that. */
const ASCII_EMAIL = /^[\x21-\x3f\x41-\x7e]+@[\x21-\x3f\x41-\x7e]+$/;

/** What one answer of the provider says, the ID token or the userinfo. Nothing about its shape is known. */
export type Claims = Readonly<Record<string, unknown>>;

/** Who is an operator. All others are shoppers. */
export type OperatorRule = {
  /** a claim that holds `value`, or a list that does; null: no claim says it */
  claim: { name: string; value: string } | null;
  /** user ids, and e-mail addresses that the provider has verified */
  people: readonly string[];
};

/**
 * @param sources the ID token's claims first, then the userinfo's: the first that says a thing is heard
 */
export function personOf(
  identity: { issuer: string; subject: string },
  sources: readonly Claims[],
  rule: OperatorRule,
): Me {
  const userId = userIdOf(identity);
  const isOperator = sources.some((claims) => saysOperator(claims, rule)) || rule.people.includes(userId);
  return {
    userId,
    displayName: displayNameOf(sources) ?? `user-${userId.slice(0, 6)}`,
    role: isOperator ? "operator" : "shopper",
  };
}

/**
 * base64url of SHA-256 of the JSON array `["issuer","subject"]`: 43 characters. A subject is unique at its issuer
 * only, and JSON keeps the two apart whatever characters they hold.
 */
export function userIdOf({ issuer, subject }: { issuer: string; subject: string }): string {
  return createHash("sha256")
    .update(JSON.stringify([issuer, subject]))
    .digest("base64url");
}

function saysOperator(claims: Claims, { claim, people }: OperatorRule): boolean {
  if (claim !== null && Object.hasOwn(claims, claim.name)) {
    const said = claims[claim.name];
    if (said === claim.value || (Array.isArray(said) && said.includes(claim.value))) return true;
  }
  const email = verifiedEmail(claims);
  return email !== null && people.some((person) => person.toLowerCase() === email);
}

/** Both claims of one source: a verified address of one answer says nothing about the address of another. */
function verifiedEmail({ email, email_verified: verified }: Claims): string | null {
  return typeof email === "string" && verified === true && ASCII_EMAIL.test(email)
    ? email.toLowerCase()
    : null;
}

function displayNameOf(sources: readonly Claims[]): string | null {
  for (const claim of ["name", "preferred_username"])
    for (const claims of sources) {
      const name = cleanName(claims[claim]);
      if (name !== null) return name;
    }
  return null;
}

/** Without characters that show nothing or turn the direction of the text around them; null when nothing is left. */
function cleanName(name: unknown): string | null {
  if (typeof name !== "string") return null;
  const visible = name.normalize("NFC").replace(/\s+/gu, " ").replace(/\p{C}/gu, "").trim();
  const bounded = Array.from(visible).slice(0, NAME_LENGTH_MAX).join("").trim();
  return bounded === "" ? null : bounded;
}
