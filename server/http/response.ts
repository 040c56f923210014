/** The front door's own kind of answer: it brings along what every answer carries. */
import { type IncomingMessage, ServerResponse } from "node:http";

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Names and values in turns, as Node's `writeHead` takes them. */
type HeaderList = readonly string[];

/**
 * @returns a class whose answers get these headers when they begin, unless they have their own, and whose redirects
 * stay in no cache: Node makes a few answers without asking any handler. Not sooner, since a flood of requests that are
 * never answered should be cheap.
 */
export function responseWith(headers: Readonly<Record<string, string>>) {
  const entries = Object.entries(headers);
  return class<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
    /** of the request, once it has one: goes out as X-Request-Id */
    requestId: string | null = null;

    // biome-ignore lint/suspicious/noExplicitAny: three forms of arguments, handed on as they are
    override writeHead(...args: any): this {
      const [status, list] = args;
      // A list, and nothing set before: Node then writes it as it is, without a map of headers to fill and to search.
      if (Array.isArray(list) && !REDIRECTS.has(status) && this.getHeaderNames().length === 0)
        return super.writeHead(status, this.#completed(list));
      if (!this.headersSent) this.#setWhatIsMissing(status);
      return super.writeHead(...(args as Parameters<ServerResponse["writeHead"]>));
    }

    #completed(list: HeaderList): string[] {
      const completed = [...list];
      if (this.requestId !== null) completed.push("X-Request-Id", this.requestId);
      for (const [name, value] of entries) if (!list.includes(name)) completed.push(name, value);
      return completed;
    }

    #setWhatIsMissing(status: number): void {
      if (this.requestId !== null) this.setHeader("X-Request-Id", this.requestId);
      for (const [name, value] of entries) if (!this.hasHeader(name)) this.setHeader(name, value);
      // Next's own say nothing, and a cache may keep a permanent one for as long as it likes.
      if (REDIRECTS.has(status) && !this.hasHeader("Cache-Control"))
        this.setHeader("Cache-Control", "no-store");
    }
  };
}
