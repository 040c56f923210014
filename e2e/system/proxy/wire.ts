/** Where one message ends and the next begins in the protocols of the three services: all that a proxy knows of them. */

export type Wire = {
  /** The length of the first message; undefined while it has not arrived as a whole. */
  lengthOf(bytes: Buffer): number | undefined;
  /** Whether each request has exactly one reply message, in the order of the requests. */
  paired: boolean;
};

/** MySQL answers one request at a time, with any number of packets; the server speaks first. */
const mysqlWire: Wire = {
  lengthOf: (bytes) => whole(bytes, bytes.length < 4 ? undefined : 4 + bytes.readUIntLE(0, 3)),
  paired: false,
};

const kafkaWire: Wire = {
  lengthOf: (bytes) => whole(bytes, bytes.length < 4 ? undefined : 4 + bytes.readInt32BE(0)),
  paired: true,
};

const redisWire: Wire = {
  lengthOf: (bytes) => respEnd(bytes, 0),
  paired: true,
};

export const wires = { redis: redisWire, kafka: kafkaWire, mysql: mysqlWire };

function whole(bytes: Buffer, length: number | undefined): number | undefined {
  return length !== undefined && length <= bytes.length ? length : undefined;
}

/** Where a value of the Redis protocol (RESP 2 and 3) that begins at `start` ends. */
function respEnd(bytes: Buffer, start: number): number | undefined {
  const lineEnd = bytes.indexOf("\r\n", start);
  if (lineEnd === -1) return undefined;
  const end = lineEnd + 2;
  const count = Number(bytes.toString("latin1", start + 1, lineEnd));
  switch (String.fromCharCode(bytes[start] ?? 0)) {
    case "$":
    case "!":
    case "=":
      return count < 0 ? end : whole(bytes, end + count + 2);
    case "*":
    case "~":
    case ">":
      return respElementsEnd(bytes, end, count);
    case "%":
      return respElementsEnd(bytes, end, 2 * count);
    default:
      return end;
  }
}

function respElementsEnd(bytes: Buffer, start: number, count: number): number | undefined {
  let end: number | undefined = start;
  for (let element = 0; element < count && end !== undefined; element += 1) end = respEnd(bytes, end);
  return end;
}
