/**
 * Who someone is, and how they may prove it: the words that the session, the front door and the adapter of an
 * OpenID Connect provider share. Types and names only, so that neither of them has to know another.
 */

export const roles = ["shopper", "operator"] as const;
export type Role = (typeof roles)[number];

/** Who is signed in. `userId` fits the user ids of the core; `displayName` is for showing alone. */
export type Me = { userId: string; displayName: string; role: Role };

/** demo: anyone as anyone. oidc: whom the provider of the settings vouches for. */
export const authModes = ["demo", "oidc"] as const;
export type AuthMode = (typeof authModes)[number];

/** How a sign-in with the provider can end without one. The sign-in page has words for each of them. */
export const signInProblems = [
  /** the person, or the provider for them, said no */
  "cancelled",
  /** the way back came too late, twice, or to a browser that had not set out */
  "expired",
  /** the provider does not answer, or not in time, or nothing that it should */
  "unreachable",
  /** the provider answers, and what it says about itself is not what a sign-in needs */
  "unusable",
  /** the provider answered with an error: of the set-up, or a code that is spent */
  "refused",
  /** what the provider vouched with did not hold: issuer, audience, nonce, time or signature */
  "unverified",
  /** too many sign-ins at once in this process */
  "busy",
] as const;
export type SignInProblem = (typeof signInProblems)[number];

/** @property message for the log: what was wrong, without codes, tokens or personal data */
export class SignInError extends Error {
  override name = "SignInError";
  readonly problem: SignInProblem;
  constructor(problem: SignInProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.problem = problem;
  }
}

/** The secrets of one sign-in, known to the browser that began it. Each holds 256 random bits, as base64url. */
export type SignInSecrets = { state: string; nonce: string; verifier: string };

/** A provider that vouches for people. */
export interface IdentityProvider {
  /** @returns the address at the provider that the browser goes to. @throws SignInError */
  begin(secrets: SignInSecrets): Promise<URL>;
  /** @param answer.query what the provider sent along with the browser. @throws SignInError */
  finish(answer: { query: URLSearchParams; secrets: SignInSecrets }): Promise<Me>;
}
