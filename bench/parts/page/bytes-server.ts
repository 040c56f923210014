/** What sending a page costs when nothing else happens: node:http that answers from two buffers, by Accept-Encoding. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const { BENCH_PAGE_BROTLI = "", BENCH_PAGE_PLAIN = "", PORT } = process.env;

function answerOf(file: string, encoding: Record<string, string>) {
  const body = readFileSync(file);
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-length": body.length,
    vary: "Accept-Encoding",
    ...encoding,
  };
  return { body, headers };
}

const brotli = answerOf(BENCH_PAGE_BROTLI, { "content-encoding": "br" });
const plain = answerOf(BENCH_PAGE_PLAIN, {});

createServer((req, res) => {
  const { body, headers } = /\bbr\b/.test(req.headers["accept-encoding"] ?? "") ? brotli : plain;
  res.writeHead(200, headers).end(body);
}).listen(Number(PORT), "127.0.0.1");
