"use client";
/** The list of a visitor's coupons in every state it can be in: loading, signed out, failed, empty, full. */
import { useState } from "react";
import { useWords } from "#app/components/site/providers.tsx";
import { Button, ButtonLink } from "#app/components/ui/button.tsx";
import { SkeletonList } from "#app/components/ui/skeleton.tsx";
import type { CouponView } from "#app/lib/api.ts";
import { signInPath } from "#app/lib/next-path.ts";
import { failureKind } from "#app/lib/trpc.ts";
import { useWallet } from "#app/lib/use-wallet.ts";
import { CouponCard } from "./coupon-card.tsx";
import { UseDialog } from "./use-dialog.tsx";
import { WalletMessage } from "./wallet-message.tsx";

export function Wallet() {
  const { t } = useWords();
  const { me, query, coupons } = useWallet();
  const [chosen, setChosen] = useState<CouponView | null>(null);

  if (me === null || (query.isError && failureKind(query.error) === "signed_out"))
    return (
      <WalletMessage text={t("wallet.sign_in")}>
        <ButtonLink href={signInPath("/coupons")} weight="primary">
          {t("nav.sign_in")}
        </ButtonLink>
      </WalletMessage>
    );
  if (query.isPending && !query.isError) return <SkeletonList label={t("wallet.loading")} />;
  if (coupons.length === 0 && query.isError)
    return (
      <WalletMessage text={t("wallet.failed")} alert>
        <Button onClick={() => query.refetch()}>{t("page.retry")}</Button>
      </WalletMessage>
    );
  if (coupons.length === 0)
    return (
      <WalletMessage text={t("wallet.empty")}>
        <ButtonLink href="/">{t("wallet.empty_next")}</ButtonLink>
      </WalletMessage>
    );
  return (
    <>
      <ul className="grid gap-4">
        {coupons.map((coupon) => (
          <li key={coupon.eventId}>
            <CouponCard coupon={coupon} onUse={() => setChosen(coupon)} />
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <div className="mt-6 text-center">
          <Button onClick={() => query.fetchNextPage()} disabled={query.isFetchingNextPage}>
            {t(query.isFetchingNextPage ? "wallet.loading" : "wallet.more")}
          </Button>
        </div>
      )}
      <p role="alert" className="mt-3 text-center text-sm text-wait">
        {query.isError && t("wallet.failed")}
      </p>
      {chosen && <UseDialog coupon={chosen} onClose={() => setChosen(null)} />}
    </>
  );
}
