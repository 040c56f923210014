"use client";
/** A visitor's coupons in every state the list can be in: loading, signed out, out of reach, empty, full. */
import { useSearchParams } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { useWords } from "#app/components/site/providers.tsx";
import { Button, ButtonLink } from "#app/components/ui/button.tsx";
import type { CouponView } from "#app/lib/api.ts";
import { FILTER_WORDS } from "#app/lib/coupon-words.ts";
import { signInPath } from "#app/lib/next-path.ts";
import { failureKind } from "#app/lib/trpc.ts";
import { useKeptFocus } from "#app/lib/use-kept-focus.ts";
import { useCounts, useWallet } from "#app/lib/use-wallet.ts";
import { readFilter, type WalletFilter, walletPath } from "#app/lib/wallet-filter.ts";
import { CouponList } from "./coupon-list.tsx";
import { UseDialog } from "./use-dialog.tsx";
import { countOf, WalletFilters } from "./wallet-filters.tsx";
import { WalletMessage } from "./wallet-message.tsx";
import { WalletSkeleton } from "./wallet-skeleton.tsx";

export function Wallet() {
  const filter = readFilter(useSearchParams());
  const wallet = useWallet(filter);
  const counts = useCounts();
  const summary = useRef<HTMLParagraphElement>(null);
  const keptFocus = useKeptFocus(summary);
  const { me, list } = wallet;
  const [using, setUsing] = useState<{ coupon: CouponView; owner: string } | null>(null);
  const isSignedOut = me === null || (list.error !== null && failureKind(list.error) === "signed_out");

  // The browser's "back" leads away from the dialog as well.
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each other list
  useEffect(() => setUsing(null), [filter]);

  function afterDialog(answered: boolean): void {
    setUsing(null);
    // Also without an answer, because one may have got lost.
    list.again();
    // The button that opened the dialog is gone with the coupon's last use.
    if (answered) summary.current?.focus({ preventScroll: true });
  }

  const coupons = () => (
    <div {...keptFocus}>
      <WalletFilters current={filter} counts={counts} />
      <Summary
        ref={summary}
        filter={filter}
        count={countOf(filter, counts)}
        isStale={list.error !== null && list.data !== undefined}
      />
      {list.data && list.data.items.length > 0 ? (
        <CouponList
          key={filter}
          list={list.data}
          more={wallet.more}
          onUse={(coupon) => me && setUsing({ coupon, owner: me.userId })}
        />
      ) : (
        <NoCoupons filter={filter} isRead={list.data !== undefined} error={list.error} again={list.again} />
      )}
    </div>
  );
  // The dialog stays until it is closed, whatever becomes of the list and the session: its words are about both.
  return (
    <>
      {isSignedOut ? <SignedOut filter={filter} /> : coupons()}
      {using && <UseDialog {...using} onClose={afterDialog} />}
    </>
  );
}

/** How many are shown, for eyes and ears; or that this may no longer be so. */
function Summary(props: {
  ref: React.Ref<HTMLParagraphElement>;
  filter: WalletFilter;
  count: number | null;
  isStale: boolean;
}) {
  const { t } = useWords();
  const { filter, count } = props;
  const words = count === null ? null : t("wallet.count", { filter: t(FILTER_WORDS[filter].name), count });
  return (
    <p
      ref={props.ref}
      role="status"
      tabIndex={-1}
      className={`my-3 min-h-6 text-sm outline-none ${props.isStale ? "text-wait" : "text-muted"}`}
    >
      {props.isStale ? t("wallet.stale") : words}
    </p>
  );
}

function NoCoupons(props: { filter: WalletFilter; isRead: boolean; error: unknown; again: () => void }) {
  const { t } = useWords();
  if (props.isRead) return <Empty filter={props.filter} />;
  if (props.error === null) return <WalletSkeleton label={t("wallet.loading")} />;
  const isOffline = failureKind(props.error) === "offline";
  return (
    <WalletMessage
      alert
      text={t(isOffline ? "wallet.failed" : "wallet.later")}
      more={t(isOffline ? "wallet.failed_text" : "wallet.later_text")}
    >
      <Button onClick={props.again}>{t("page.retry")}</Button>
    </WalletMessage>
  );
}

function Empty({ filter }: { filter: WalletFilter }) {
  const { t } = useWords();
  return (
    <WalletMessage text={t(FILTER_WORDS[filter].empty)}>
      {filter === "all" ? (
        <ButtonLink href="/">{t("wallet.empty_next")}</ButtonLink>
      ) : (
        <ButtonLink href={walletPath("all")}>{t("wallet.show_all")}</ButtonLink>
      )}
    </WalletMessage>
  );
}

function SignedOut({ filter }: { filter: WalletFilter }) {
  const { t } = useWords();
  return (
    <WalletMessage text={t("wallet.sign_in")}>
      <ButtonLink href={signInPath(walletPath(filter))} weight="primary">
        {t("nav.sign_in")}
      </ButtonLink>
    </WalletMessage>
  );
}
