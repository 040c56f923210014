/** The arguments of `rush`, each with a sentence of its own when it is wrong. */
import { eventId, readOptions, required, wholeNumber } from "../lib/options.ts";
import { UsageError } from "../lib/usage.ts";

/** @throws UsageError */
export function readRush(args: string[]) {
  const given = readOptions(args, {
    event: "one",
    users: "one",
    "claims-per-user": "one",
    concurrency: "one",
    url: "many",
  });
  const option = (name: "claims-per-user" | "concurrency", otherwise: number, max: number) =>
    wholeNumber(`--${name}`, given[name] ?? String(otherwise), { min: 1, max });
  return {
    eventId: eventId(given.event),
    users: wholeNumber("--users", required("--users", given.users), { min: 1, max: 100_000 }),
    claimsPerUser: option("claims-per-user", 1, 100),
    concurrency: option("concurrency", 64, 2000),
    urls: (given.url ?? []).map(readUrl),
  };
}

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.pathname !== "/")
    throw new UsageError(`--url "${text}" must be an address such as http://127.0.0.1:3000`);
  return url.origin;
}
