/** The filter of the wallet and the address that keeps it. */
import { expect, it } from "vitest";
import { readFilter, walletFilters, walletPath } from "./wallet-filter.ts";

it("every filter comes back from its own address", () => {
  for (const filter of walletFilters) {
    const { searchParams } = new URL(walletPath(filter), "http://same.invalid");
    expect(readFilter(searchParams)).toBe(filter);
  }
});

it.each(["", "state=", "state=ALL", "state=gone", "state=__proto__", "other=used"])(
  "an address without a state that exists shows all: %j",
  (search) => {
    expect(readFilter(new URLSearchParams(search))).toBe("all");
  },
);
