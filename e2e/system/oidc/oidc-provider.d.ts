/** As much of oidc-provider as the tests use; the package brings no types. */
declare module "oidc-provider" {
  import type { RequestListener } from "node:http";

  type Account = { accountId: string; claims(): Record<string, unknown> };
  type Configuration = {
    clients: {
      client_id: string;
      client_secret?: string;
      token_endpoint_auth_method?: "none" | "client_secret_basic" | "client_secret_post";
      redirect_uris: string[];
    }[];
    claims: Record<string, string[]>;
    ttl: Record<string, number>;
    cookies: { keys: string[] };
    jwks: { keys: object[] };
    findAccount(context: unknown, id: string): Account;
  };

  export default class Provider {
    constructor(issuer: string, configuration: Configuration);
    callback(): RequestListener;
  }
}
