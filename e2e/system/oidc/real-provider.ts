/** A real implementation of an OpenID Connect provider, on this machine, with its accounts in memory. */
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

export const CLIENT = { id: "sunchak", secret: "a-secret-that-only-these-tests-know" };
/** For clients that cannot keep a secret. */
export const PUBLIC_CLIENT = { id: "sunchak-without-a-secret" };

/**
 * Whoever signs in exists. `boss` has a verified address, `clerk` the group that makes operators.
 * @param options.products the addresses of the web processes that may send people
 */
export async function startRealProvider(options: {
  port: number;
  products: string[];
}): Promise<{ issuer: string; [Symbol.asyncDispose](): Promise<void> }> {
  const issuer = `http://127.0.0.1:${options.port}`;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const redirect_uris = options.products.map((product) => `${product}/auth/callback`);
  const provider = new Provider(issuer, {
    clients: [
      { client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris },
      { client_id: PUBLIC_CLIENT.id, token_endpoint_auth_method: "none", redirect_uris },
    ],
    claims: { openid: ["sub"], profile: ["name", "groups"], email: ["email", "email_verified"] },
    // Said aloud, in seconds: else each of them is a notice in the tests' output.
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    cookies: { keys: ["a-key-of-the-provider"] },
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256" }] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        name: `${id} 님`,
        groups: id === "clerk" ? ["staff", "operator"] : [],
        email: `${id}@example.com`,
        email_verified: id === "boss",
      }),
    }),
  });
  const server = createServer(provider.callback());
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
  return {
    issuer,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
