"use client";
/** All coupons or those in one state, with how many there are: links, so that the address says what is shown. */
import { clsx } from "clsx";
import type { MouseEvent } from "react";
import { useWords } from "#app/components/site/providers.tsx";
import { isPlainClick } from "#app/components/ui/page-link.tsx";
import type { WalletPage } from "#app/lib/api.ts";
import { FILTER_WORDS } from "#app/lib/coupon-words.ts";
import { type WalletFilter, walletFilters, walletPath } from "#app/lib/wallet-filter.ts";

type Counts = WalletPage["counts"];

/** `counts` may come later than the links; their place is kept. */
export function WalletFilters(props: { current: WalletFilter; counts: Counts | null }) {
  const { t } = useWords();
  return (
    <nav aria-label={t("wallet.filter")}>
      <ul className="flex flex-wrap gap-2">
        {walletFilters.map((filter) => (
          <li key={filter}>
            <FilterLink
              filter={filter}
              count={countOf(filter, props.counts ?? null)}
              isCurrent={filter === props.current}
            />
          </li>
        ))}
      </ul>
    </nav>
  );
}

function FilterLink(props: { filter: WalletFilter; count: number | null; isCurrent: boolean }) {
  const { t } = useWords();
  const { filter, count, isCurrent } = props;
  const path = walletPath(filter);
  function follow(event: MouseEvent): void {
    if (!isPlainClick(event)) return;
    event.preventDefault();
    // The server's part of the page is the same for every filter: only the address changes, and with it the list.
    if (!isCurrent) window.history.pushState(null, "", path);
  }
  return (
    <a
      href={path}
      onClick={follow}
      aria-current={isCurrent ? "page" : undefined}
      className={clsx(
        "flex min-h-11 items-center gap-1.5 rounded-full border px-4 font-semibold text-sm transition-colors",
        isCurrent ? "border-ink bg-ink text-paper" : "border-line bg-surface text-ink hover:bg-raised",
      )}
    >
      {t(FILTER_WORDS[filter].name)}
      <span className={clsx("min-w-[1ch] text-center tabular-nums", !isCurrent && "text-muted")}>
        {count}
      </span>
    </a>
  );
}

/** @returns null while it is not known */
export function countOf(filter: WalletFilter, counts: Counts | null): number | null {
  if (!counts) return null;
  return filter === "all" ? Object.values(counts).reduce((sum, count) => sum + count, 0) : counts[filter];
}
