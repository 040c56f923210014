/**
 * The settings of sessions and sign-in. Part of env.ts, which reads them; here as well is what the root hands to the
 * adapter of the provider.
 */
import { z } from "zod";
import { authModes } from "#server/identity";
import { choice, list, required, switchedOn } from "./values.ts";

/** Session keys shorter than this could be guessed from a stolen cookie. */
const SESSION_KEY_LENGTH_MIN = 32;
const PLACEHOLDER_KEY = "change-me";
const CALLBACK_PATH = "/auth/callback";
/** An e-mail address, or a user id as this mode makes them. */
const PERSON = /^([^\s@]+@[^\s@]+|[A-Za-z0-9_-]{43})$/;
/** RFC 6749 section 3.3. */
const SCOPES = /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/;

const text = () => z.string().max(1000, "must not have more than 1000 characters");

export const signInVariables = {
  SESSION_KEYS: z
    .string(
      required(
        `one or more secrets of at least ${SESSION_KEY_LENGTH_MIN} characters, with commas between them`,
      ),
    )
    .transform(list)
    .refine(
      (keys) => keys.length > 0 && keys.every((key) => key.length >= SESSION_KEY_LENGTH_MIN),
      `each key needs at least ${SESSION_KEY_LENGTH_MIN} characters`,
    ),
  AUTH_MODE: choice(authModes).default("demo"),
  ALLOW_DEMO_IN_PRODUCTION: switchedOn(),
  OIDC_ISSUER: z
    .string()
    .refine(
      isIssuer,
      "must be the provider's https address, without ? and #, like https://login.example.com (http only for localhost)",
    )
    .transform((address) => new URL(address))
    .optional(),
  OIDC_CLIENT_ID: text().optional(),
  OIDC_CLIENT_SECRET: text().optional(),
  OIDC_SCOPES: z
    .string()
    .refine(
      (scopes) => SCOPES.test(scopes) && scopes.split(" ").includes("openid"),
      "must be names with one space between them, openid among them",
    )
    .default("openid profile email"),
  OIDC_ROLE_CLAIM: text().optional(),
  OIDC_ROLE_VALUE: text().default("operator"),
  OPERATORS: z
    .string()
    .transform(list)
    .refine(
      (people) => people.every((person) => PERSON.test(person)),
      "must be e-mail addresses or user ids of 43 characters, with commas between them",
    )
    .optional(),
} satisfies Record<string, z.ZodType>;

export const signInNames = Object.keys(signInVariables) as (keyof typeof signInVariables)[];

type Values = { [K in keyof typeof signInVariables]: z.output<(typeof signInVariables)[K]> };
type Settings = Values & { NODE_ENV: string; PUBLIC_URL?: string | undefined };

/** What is right by itself and wrong together. */
export function problemsOfSignIn(env: Settings): string[] {
  return [
    ...(env.AUTH_MODE === "oidc" ? problemsWithProvider(env) : []),
    ...(env.NODE_ENV === "production" ? problemsOfDemo(env) : []),
    ...(isReachable(env) ? problemsOfKeys(env) : []),
  ];
}

function problemsWithProvider(env: Settings): string[] {
  const problems: string[] = [];
  const need = (name: string, what: string) =>
    problems.push(`${name} is missing: AUTH_MODE=oidc needs ${what}`);
  if (env.OIDC_ISSUER === undefined) need("OIDC_ISSUER", "the address of the provider");
  if (env.OIDC_CLIENT_ID === undefined) need("OIDC_CLIENT_ID", "the name under which the provider knows us");
  if (env.PUBLIC_URL === undefined) need("PUBLIC_URL", "the address to which the provider sends people back");
  else if (!isSafe(new URL(env.PUBLIC_URL)))
    problems.push("PUBLIC_URL must be https with AUTH_MODE=oidc (http only for localhost)");
  return problems;
}

/** Whether people from outside may come: then everybody could sign a session with the key that everybody knows. */
function isReachable(env: Settings): boolean {
  return (
    env.NODE_ENV === "production" || env.AUTH_MODE === "oidc" || env.PUBLIC_URL?.startsWith("https:") === true
  );
}

/** What is convenient on one's own machine and an open door on any other. */
function problemsOfDemo(env: Settings): string[] {
  if (env.AUTH_MODE !== "demo" || env.ALLOW_DEMO_IN_PRODUCTION === "yes") return [];
  return [
    "AUTH_MODE demo lets anyone sign in as anyone; with NODE_ENV=production it also needs ALLOW_DEMO_IN_PRODUCTION=yes",
  ];
}

function problemsOfKeys(env: Settings): string[] {
  if (!env.SESSION_KEYS.some((key) => key.startsWith(PLACEHOLDER_KEY))) return [];
  return [
    "SESSION_KEYS holds the key of .env.example, which everyone knows: make one, for example with `openssl rand -hex 32`",
  ];
}

/** For the adapter; null when nobody needs it. */
export function oidcSettings(env: Settings) {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, PUBLIC_URL: publicUrl } = env;
  if (env.AUTH_MODE !== "oidc" || !issuer || clientId === undefined || publicUrl === undefined) return null;
  return {
    issuer,
    clientId,
    clientSecret: env.OIDC_CLIENT_SECRET ?? null,
    scopes: env.OIDC_SCOPES,
    redirectUri: new URL(CALLBACK_PATH, publicUrl),
    operators: {
      claim:
        env.OIDC_ROLE_CLAIM === undefined ? null : { name: env.OIDC_ROLE_CLAIM, value: env.OIDC_ROLE_VALUE },
      people: env.OPERATORS ?? [],
    },
  };
}

function isIssuer(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  return isSafe(url) && !/[?#]/.test(address) && url.username === "" && url.password === "";
}

/** https, or a way that does not leave this machine. */
function isSafe({ protocol, hostname }: URL): boolean {
  return (
    protocol === "https:" || (protocol === "http:" && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname))
  );
}
