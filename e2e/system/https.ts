/** One request over TLS with everything in hand that a proxy might get wrong: addresses, raw headers, chunks. */
import { request } from "node:https";
import type { Nginx } from "./nginx.ts";

export type HttpsAnswer = {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** every header line as it came, so that doubled ones show */
  headerNames: string[];
  body: string;
};

export type HttpsRequest = {
  method?: "GET" | "POST";
  headers?: Record<string, string>;
  body?: string;
  /** the loopback address to call from; all of 127.0.0.0/8 is this machine */
  from?: string;
  /** called with each piece of the body as it arrives */
  onChunk?: (text: string) => void;
};

/** A connection of its own for each request, closed at its end. */
export function askSite(nginx: Nginx, path: string, options: HttpsRequest = {}): Promise<HttpsAnswer> {
  const { method = "GET", headers = {}, body, from = "127.0.0.1", onChunk } = options;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      nginx.base,
      { ...nginx.connect, path, method, headers, localAddress: from, agent: false },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
          onChunk?.(chunk);
        });
        response.once("error", reject);
        response.once("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            headerNames: response.rawHeaders
              .filter((_, index) => index % 2 === 0)
              .map((name) => name.toLowerCase()),
            body: text,
          }),
        );
      },
    );
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}

/** A mutation as a program sends it. */
export function postTo(
  nginx: Nginx,
  procedure: string,
  input: unknown,
  options: HttpsRequest = {},
): Promise<HttpsAnswer> {
  const body = typeof input === "string" ? input : JSON.stringify(input);
  const headers = { "content-type": "application/json", ...options.headers };
  return askSite(nginx, `/api/trpc/${procedure}`, { ...options, method: "POST", headers, body });
}
