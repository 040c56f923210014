/**
 * What the provider says about itself (OpenID Connect Discovery 1.0): asked for when the first person wants to sign
 * in, kept for an hour, and asked for again after a failure. A provider that is down costs sign-ins, nothing else.
 */
import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  clockTolerance,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  None,
} from "openid-client";
import { SignInError } from "#server/identity";
import { boundedFetch } from "./bounded-fetch.ts";
import { discoveryErrorOf } from "./problems.ts";

/** Each single request to the provider; somebody is waiting for a page. */
const ANSWER_TIMEOUT_S = 3;
/** By how much the provider's clock may differ from ours. */
const CLOCK_TOLERANCE_S = 30;
const KEEP_MS = 60 * 60 * 1000;
/** A provider that is down is asked once in this time, however many people try. */
const RETRY_AFTER_MS = 1000;

/** Without one of these nobody can sign in (OpenID Connect Discovery 1.0, section 3). */
const ENDPOINTS = ["authorization_endpoint", "token_endpoint", "jwks_uri"] as const;

export type ProviderSettings = { issuer: URL; clientId: string; clientSecret: string | null };

/** @returns a function that resolves with what is known of the provider, and rejects with the reason when nothing is. */
export function lazyDiscovery(
  settings: ProviderSettings,
  monotonicMs: () => number,
): () => Promise<Configuration> {
  let known: { configuration: Configuration; atMs: number } | null = null;
  let last: { asked: Promise<Configuration>; atMs: number; isOver: boolean } | null = null;

  function ask(): Promise<Configuration> {
    const nowMs = monotonicMs();
    // Everyone shares one request, and for a moment also its failure.
    if (last !== null && (!last.isOver || nowMs - last.atMs < RETRY_AFTER_MS)) return last.asked;
    const asking = { asked: discover(settings), atMs: nowMs, isOver: false };
    last = asking;
    asking.asked
      .then(
        (configuration) => {
          known = { configuration, atMs: monotonicMs() };
        },
        () => undefined,
      )
      .finally(() => {
        asking.isOver = true;
        asking.atMs = monotonicMs();
      });
    return asking.asked;
  }

  return async () => {
    if (known !== null && monotonicMs() - known.atMs < KEEP_MS) return known.configuration;
    if (known === null) return ask();
    // Old metadata is most likely still right, so nobody has to wait for the new, or for a provider that hangs.
    ask().catch(() => undefined);
    return known.configuration;
  };
}

/** @throws SignInError also for an answer that nobody could sign in with: it must not be kept. */
async function discover(settings: ProviderSettings): Promise<Configuration> {
  const configuration = await askProvider(settings).catch((error: unknown) => {
    throw discoveryErrorOf(error);
  });
  const metadata = configuration.serverMetadata();
  const lacking = ENDPOINTS.find((name) => !isEndpoint(metadata[name], settings.issuer));
  if (lacking !== undefined)
    throw new SignInError("unusable", `what the provider says about itself has no usable ${lacking}`);
  return configuration;
}

/** https, or like the issuer, which is http only on this machine. */
function isEndpoint(address: unknown, issuer: URL): boolean {
  if (typeof address !== "string" || !URL.canParse(address)) return false;
  return ["https:", issuer.protocol].includes(new URL(address).protocol);
}

function askProvider({ issuer, clientId, clientSecret }: ProviderSettings): Promise<Configuration> {
  return discovery(
    issuer,
    clientId,
    { [clockTolerance]: CLOCK_TOLERANCE_S },
    clientSecret === null ? None() : eitherSecretMethod(clientSecret),
    {
      timeout: ANSWER_TIMEOUT_S,
      [customFetch]: boundedFetch,
      execute: [
        // The standard lets a client trust TLS instead of the ID token's signature; a proxy in between would be enough.
        enableNonRepudiationChecks,
        // The settings allow http for a provider on this machine alone.
        ...(issuer.protocol === "http:" ? [allowInsecureRequests] : []),
      ],
    },
  );
}

/** HTTP Basic, the standard's default, unless the provider says that it takes the secret in the body alone. */
function eitherSecretMethod(secret: string): ClientAuth {
  const basic = ClientSecretBasic(secret);
  const post = ClientSecretPost(secret);
  return (provider, ...rest) => {
    const methods = provider.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    const takesPostAlone = methods.includes("client_secret_post") && !methods.includes("client_secret_basic");
    return takesPostAlone ? post(provider, ...rest) : basic(provider, ...rest);
  };
}
