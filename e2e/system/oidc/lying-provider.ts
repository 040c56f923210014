/**
 * A small OpenID Connect provider that does one thing wrong at a time, as it is told for each code. What it is not
 * told to do wrong it does right, its own check of PKCE included.
 */
import { createHash, createHmac, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const CLIENT_ID = "sunchak";
export const CLIENT_SECRET = "a-secret-of-the-tests & more";
export const SUBJECT = "subject-1";

export type Lie = {
  /** claims of the ID token to change; undefined removes one */
  claims?: Record<string, unknown>;
  signature?: "other key" | "none" | "client secret";
  /** what the token endpoint does instead of answering */
  token?: "error" | "broken" | "hang" | "huge" | "no ID token";
  userinfo?: Record<string, unknown>;
};

export type LyingProvider = {
  issuer: string;
  /** The code that the browser brings back, for the authorization request at this address. */
  approve(authorization: URL, lie?: Lie): string;
  /** requests to the token endpoint */
  tokenRequests: number;
  /** changes in what it says about itself */
  metadata: Record<string, unknown>;
  [Symbol.asyncDispose](): Promise<void>;
};

const own = generateKeyPairSync("rsa", { modulusLength: 2048 });
const other = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** @param port 0 for any */
export async function startLyingProvider(port = 0): Promise<LyingProvider> {
  const grants = new Map<string, { asked: URLSearchParams; lie: Lie }>();
  let current: Lie = {};
  const server = createServer((req, res) => void answer(req, res).catch(() => res.destroy()));
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const self: LyingProvider = {
    issuer,
    tokenRequests: 0,
    metadata: {},
    approve(authorization, lie = {}) {
      const code = randomBytes(16).toString("hex");
      grants.set(code, { asked: authorization.searchParams, lie });
      return code;
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return self;

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = new URL(req.url ?? "/", issuer).pathname;
    if (path === "/token") return token(req, res, new URLSearchParams(await bodyOf(req)));
    const pages: Record<string, object> = {
      "/.well-known/openid-configuration": discovery(),
      "/jwks": { keys: [{ ...own.publicKey.export({ format: "jwk" }), kid: "1", use: "sig" }] },
      "/userinfo": { sub: SUBJECT, name: "민아 Kim", ...current.userinfo },
    };
    json(res, pages[path] ? 200 : 404, pages[path] ?? {});
  }

  function discovery() {
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ["code"],
      id_token_signing_alg_values_supported: ["RS256"],
      authorization_response_iss_parameter_supported: true,
      ...self.metadata,
    };
  }

  function token(req: IncomingMessage, res: ServerResponse, form: URLSearchParams): void {
    self.tokenRequests += 1;
    const code = form.get("code") ?? "";
    const grant = grants.get(code);
    grants.delete(code);
    const takesForm = "token_endpoint_auth_methods_supported" in self.metadata;
    if (
      !isOurClient(takesForm ? form : basicOf(req.headers)) ||
      grant === undefined ||
      !isAskedFor(grant.asked, form)
    ) {
      json(res, 400, { error: "invalid_grant" });
      return;
    }
    const { asked, lie } = grant;
    current = lie;
    if (lie.token === "hang") return;
    if (lie.token === "broken") json(res, 500, { stack: "at the inside of the provider" });
    else if (lie.token === "error") json(res, 400, { error: "invalid_client" });
    else
      json(res, 200, {
        access_token: "an-access-token",
        token_type: "bearer",
        ...(lie.token !== "no ID token" && { id_token: idTokenOf(asked, lie) }),
        ...(lie.token === "huge" && { padding: "x".repeat(1_000_000) }),
      });
  }

  function idTokenOf(asked: URLSearchParams, lie: Lie): string {
    const nowS = Math.floor(Date.now() / 1000);
    const claims = {
      iss: issuer,
      aud: CLIENT_ID,
      sub: SUBJECT,
      iat: nowS,
      exp: nowS + 300,
      nonce: asked.get("nonce"),
      ...lie.claims,
    };
    return signed(claims, lie.signature);
  }
}

/** Whether whoever asks for tokens is whoever asked for the code: PKCE by S256, and the same way back. */
function isAskedFor(asked: URLSearchParams, form: URLSearchParams): boolean {
  const challenge = createHash("sha256")
    .update(form.get("code_verifier") ?? "")
    .digest("base64url");
  return (
    asked.get("code_challenge_method") === "S256" &&
    asked.get("code_challenge") === challenge &&
    asked.get("redirect_uri") === form.get("redirect_uri")
  );
}

function isOurClient(form: URLSearchParams): boolean {
  return form.get("client_id") === CLIENT_ID && form.get("client_secret") === CLIENT_SECRET;
}

/** RFC 6749 section 2.3.1: name and password are form-encoded before they are put together. */
function basicOf({ authorization = "" }: IncomingMessage["headers"]): URLSearchParams {
  const [, encoded = ""] = /^Basic (.+)$/.exec(authorization) ?? [];
  const [id = "", secret = ""] = atob(encoded).split(":");
  return new URLSearchParams(`client_id=${id}&client_secret=${secret}`);
}

function signed(claims: object, how: Lie["signature"]): string {
  const alg = { none: "none", "client secret": "HS256", "other key": "RS256" }[how ?? "other key"];
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const text = `${encode({ alg, kid: "1" })}.${encode(claims)}`;
  if (how === "none") return `${text}.`;
  if (how === "client secret")
    return `${text}.${createHmac("sha256", CLIENT_SECRET).update(text).digest("base64url")}`;
  const { privateKey } = how === "other key" ? other : own;
  return `${text}.${sign("RSA-SHA256", Buffer.from(text), privateKey).toString("base64url")}`;
}

function json(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
