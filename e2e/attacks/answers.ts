/** A strict reader of HTTP/1.1 answers: what it cannot read, the server should not have written. */

export type Answer = {
  status: number;
  headers: ReadonlyMap<string, readonly string[]>;
  body: string;
};

/**
 * Reads the whole answers at the start of `text` (latin1), interim ones left out.
 * @param method of the request; with HEAD an answer ends with its headers
 * @returns rest: what follows them, the beginning of a further answer at best
 * @throws when the text cannot become an answer
 */
export function readAnswers(text: string, method: string): { answers: Answer[]; rest: string } {
  const answers: Answer[] = [];
  let rest = text;
  for (;;) {
    const read = readAnswer(rest, method);
    if (read === null) return { answers, rest };
    rest = rest.slice(read.length);
    if (read.answer.status >= 200) answers.push(read.answer);
  }
}

/** @returns null while it is not complete */
function readAnswer(text: string, method: string): { answer: Answer; length: number } | null {
  const start = "HTTP/1.1 ";
  if (!text.startsWith(start.slice(0, text.length))) throw new Error(`not HTTP: ${text.slice(0, 200)}`);
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd === -1) return null;
  const [statusLine = "", ...lines] = text.slice(0, headEnd).split("\r\n");
  const status = Number(/^HTTP\/1\.1 ([1-5]\d\d) [\x20-\x7e]*$/.exec(statusLine)?.[1]);
  if (Number.isNaN(status)) throw new Error(`not a status line: ${statusLine}`);
  const headers = readHeaders(lines);
  const bodyAt = headEnd + 4;
  const noBody = method === "HEAD" || status < 200 || status === 204 || status === 304;
  const body = noBody ? { body: "", length: 0 } : readBody(text.slice(bodyAt), headers);
  return body && { answer: { status, headers, body: body.body }, length: bodyAt + body.length };
}

function readHeaders(lines: readonly string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const [, name, value] = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+): ?([\t\x20-\x7e\x80-\xff]*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`not a header: ${line}`);
    headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), value]);
  }
  return headers;
}

function readBody(
  text: string,
  headers: ReadonlyMap<string, readonly string[]>,
): { body: string; length: number } | null {
  const lengths = headers.get("content-length") ?? [];
  const codings = headers.get("transfer-encoding") ?? [];
  // To a client of HTTP/1.0 an answer may end with its connection.
  const endsWithConnection = headers.get("connection")?.[0]?.toLowerCase() === "close";
  if (lengths.length + codings.length === 0 && endsWithConnection) return { body: text, length: text.length };
  if (lengths.length + codings.length !== 1) throw new Error("an answer needs exactly one way to end");
  if (codings.length === 1) return readChunks(text);
  const length = Number(lengths[0]);
  return text.length < length ? null : { body: text.slice(0, length), length };
}

function readChunks(text: string): { body: string; length: number } | null {
  let body = "";
  let at = 0;
  for (;;) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd === -1) return null;
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    if (Number.isNaN(size)) throw new Error(`not a chunk: ${text.slice(at, at + 40)}`);
    const end = lineEnd + 2 + size;
    if (text.length < end + 2) return null;
    body += text.slice(lineEnd + 2, end);
    at = end + 2;
    if (size === 0) return { body, length: at };
  }
}

/** The first value of a header; undefined without one. */
export function header({ headers }: Answer, name: string): string | undefined {
  return headers.get(name)?.[0];
}

/** tRPC's code of an answer's error, of the first one in a batch; undefined for anything else. */
export function errorCode({ body }: Answer): string | undefined {
  try {
    const json = JSON.parse(body);
    const [first] = Array.isArray(json) ? json : [json];
    return first?.error?.data?.code;
  } catch {
    return undefined;
  }
}
