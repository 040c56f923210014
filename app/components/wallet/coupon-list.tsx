"use client";
/** The tickets of a list that has been read, and the way to more of them. */
import { useEffect, useRef } from "react";
import { useWords } from "#app/components/site/providers.tsx";
import { Button } from "#app/components/ui/button.tsx";
import type { CouponView, WalletPage } from "#app/lib/api.ts";
import { CouponCard } from "./coupon-card.tsx";
import { prepareQr } from "./coupon-qr.tsx";

type More = { isPending: boolean; isError: boolean; mutate: (list: WalletPage) => void };

export function CouponList(props: { list: WalletPage; more: More; onUse: (coupon: CouponView) => void }) {
  const { t } = useWords();
  const { list, more } = props;
  const showMore = useFocusOnNew(list);
  useEffect(prepareQr, []);

  return (
    <>
      <ul className="grid grid-cols-1 gap-4 md:grid-cols-2">
        {list.items.map((coupon) => (
          <li key={coupon.eventId}>
            <CouponCard id={cardId(coupon)} coupon={coupon} onUse={() => props.onUse(coupon)} />
          </li>
        ))}
      </ul>
      {list.nextCursor !== null && (
        <div className="mt-6 grid justify-items-center gap-3">
          <Button
            aria-disabled={more.isPending || undefined}
            onClick={() => {
              if (more.isPending) return;
              showMore();
              more.mutate(list);
            }}
          >
            {t(more.isPending ? "wallet.loading" : "wallet.more")}
          </Button>
          <p role="alert" className="text-sm text-wait empty:hidden">
            {more.isError && t("wallet.failed")}
          </p>
        </div>
      )}
    </>
  );
}

/**
 * The button that was pressed may be gone when the next page is there, so the focus goes on to the first coupon of it.
 * @returns to be called when more is asked for
 */
function useFocusOnNew({ items }: WalletPage): () => void {
  const seen = useRef<number | null>(null);
  useEffect(() => {
    const first = seen.current === null ? undefined : items[seen.current];
    if (!first) return;
    seen.current = null;
    document.getElementById(cardId(first))?.focus();
  }, [items]);
  return () => {
    seen.current = items.length;
  };
}

/** A user has one coupon of an event, also while it has no id yet. */
function cardId(coupon: CouponView): string {
  return `coupon-of-${coupon.eventId}`;
}
