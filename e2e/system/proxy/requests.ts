/** The kinds of requests that tests lie in wait for, told from their bytes. */
import type { RequestKind } from "./proxy.ts";

/** Kafka's api keys stand behind the length. */
const PRODUCE = 0;
const OFFSET_COMMIT = 8;
/** MySQL's command byte stands behind length and sequence number. */
const COM_QUERY = 3;

/** Of claim records, not of markers. */
export const produceOfClaims = simple(
  "Produce with claim records",
  (request) => request.readInt16BE(4) === PRODUCE && request.includes('"couponEventId"'),
);

export const produceOfMarkers = simple(
  "Produce with epoch markers",
  (request) => request.readInt16BE(4) === PRODUCE && request.includes('"marker"'),
);

export const offsetCommit = simple("OffsetCommit", (request) => request.readInt16BE(4) === OFFSET_COMMIT);

/** COMMIT of a transaction that has inserted coupons. */
export const commitOfCoupons: RequestKind = {
  name: "COMMIT of coupons",
  watch() {
    let hasInserted = false;
    return (request) => {
      const statement = statementOf(request);
      if (/^\s*insert into `coupon`\s/i.test(statement)) hasInserted = true;
      const isEnd = /^(commit|rollback)/i.test(statement);
      const matches = hasInserted && /^commit/i.test(statement);
      if (isEnd) hasInserted = false;
      return matches;
    };
  },
};

/** EVALSHA of the script that seats users: its arguments are user ids and nothing else. */
export const claimScript = simple("EVALSHA of claims", (request) => {
  const args = scriptArguments(request);
  return args.length > 0 && args.every((arg) => !isNumber(arg));
});

/** EVALSHA of the script that empties the outbox: its arguments are pairs of user id and rank. */
export const confirmScript = simple("EVALSHA of a confirmation", (request) => {
  const args = scriptArguments(request);
  return args.length > 0 && args.every((arg, index) => isNumber(arg) === (index % 2 === 1));
});

function simple(name: string, matches: (request: Buffer) => boolean): RequestKind {
  return { name, watch: () => matches };
}

/** The text of a query; what the driver puts before it (the number of attributes) is not printable. */
function statementOf(request: Buffer): string {
  if (request[4] !== COM_QUERY) return "";
  const start = request.findIndex((byte, index) => index > 4 && byte >= 0x20);
  return request.toString("utf8", start);
}

/** What stands behind the four keys of an event, in any EVALSHA. */
function scriptArguments(request: Buffer): string[] {
  const words = request
    .toString("utf8")
    .split("\r\n")
    .filter((_, index) => index % 2 === 0)
    .slice(1);
  return words[0]?.toLowerCase() === "evalsha" ? words.slice(7).filter((word) => word !== "") : [];
}

function isNumber(word: string): boolean {
  return /^\d+$/.test(word);
}
