"use client";
/** The tickets of a list that has been read, the way to more of them, and the dialog that uses one. */
import { useEffect, useRef, useState } from "react";
import { useWords } from "#app/components/site/providers.tsx";
import { Button } from "#app/components/ui/button.tsx";
import type { CouponView, WalletPage } from "#app/lib/api.ts";
import { CouponCard } from "./coupon-card.tsx";
import { prepareQr } from "./coupon-qr.tsx";
import { UseDialog } from "./use-dialog.tsx";

type More = { isPending: boolean; isError: boolean; mutate: (list: WalletPage) => void };

/** `onChanged`: a coupon was used, or turned out to be used or expired. */
export function CouponList(props: { list: WalletPage; more: More; onChanged: () => void }) {
  const { t } = useWords();
  const { list, more } = props;
  const [chosen, setChosen] = useState<CouponView | null>(null);
  const showMore = useFocusOnNew(list);
  useEffect(prepareQr, []);

  function close(changed: boolean): void {
    setChosen(null);
    if (changed) props.onChanged();
  }

  return (
    <>
      <ul className="grid grid-cols-1 gap-4 md:grid-cols-2">
        {list.items.map((coupon) => (
          <li key={coupon.eventId}>
            <CouponCard id={cardId(coupon)} coupon={coupon} onUse={() => setChosen(coupon)} />
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
      {chosen && <UseDialog coupon={chosen} onClose={close} />}
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
