/** The yardstick: node:http that parses a JSON body and sends it back, in the envelope of the API. Nothing is decided. */
import { createServer } from "node:http";

createServer((req, res) => {
  const chunks: Buffer[] = [];
  req.on("data", (chunk: Buffer) => chunks.push(chunk));
  req.on("end", () => {
    const data = chunks.length === 0 ? null : JSON.parse(Buffer.concat(chunks).toString("utf8"));
    const body = JSON.stringify({ result: { data } });
    res.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
    res.end(body);
  });
}).listen(Number(process.env.PORT), "127.0.0.1");
