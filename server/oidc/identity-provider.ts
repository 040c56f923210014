/** Any OpenID Connect provider: authorization code flow with PKCE, state and nonce, by openid-client. */
import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  fetchUserInfo,
} from "openid-client";
import { type IdentityProvider, SignInError } from "#server/identity";
import { lazyDiscovery, type ProviderSettings } from "./discovery.ts";
import { type Claims, type OperatorRule, personOf } from "./person.ts";
import { signInErrorOf } from "./problems.ts";

export type OidcSettings = ProviderSettings & {
  /** our own address, as registered with the provider */
  redirectUri: URL;
  /** with spaces between them; openid among them */
  scopes: string;
  operators: OperatorRule;
};

/** Asks the provider nothing before somebody wants to sign in. */
export function oidcIdentityProvider(options: {
  settings: OidcSettings;
  monotonicMs: () => number;
}): IdentityProvider {
  const { settings } = options;
  const discovered = lazyDiscovery(settings, options.monotonicMs);
  return {
    async begin({ state, nonce, verifier }) {
      try {
        return buildAuthorizationUrl(await discovered(), {
          redirect_uri: settings.redirectUri.href,
          scope: settings.scopes,
          state,
          nonce,
          code_challenge: await calculatePKCECodeChallenge(verifier),
          code_challenge_method: "S256",
        });
      } catch (error) {
        throw signInErrorOf(error);
      }
    },
    async finish({ query, secrets }) {
      // Built from the settings: the Host header of a request must not take part in this.
      const answer = new URL(settings.redirectUri);
      answer.search = query.toString();
      try {
        const configuration = await discovered();
        const tokens = await authorizationCodeGrant(configuration, answer, {
          expectedState: secrets.state,
          expectedNonce: secrets.nonce,
          pkceCodeVerifier: secrets.verifier,
          idTokenExpected: true,
        });
        const idToken = tokens.claims();
        if (idToken === undefined) throw new SignInError("unverified", "the provider sent no ID token");
        const more = await userInfo(configuration, tokens.access_token, idToken.sub);
        return personOf({ issuer: idToken.iss, subject: idToken.sub }, [idToken, more], settings.operators);
      } catch (error) {
        throw signInErrorOf(error);
      }
    },
  };
}

/**
 * Most providers tell names, addresses and roles there and not in the ID token. A failure fails the sign-in: without
 * it an operator would be a shopper for a week.
 */
async function userInfo(configuration: Configuration, accessToken: string, subject: string): Promise<Claims> {
  if (configuration.serverMetadata().userinfo_endpoint === undefined) return {};
  return await fetchUserInfo(configuration, accessToken, subject);
}
