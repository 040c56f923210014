"use client";
/** Asks before a coupon is spent, and says how it went. */
import { useEffect, useRef } from "react";
import { useWords } from "#app/components/site/providers.tsx";
import { Button } from "#app/components/ui/button.tsx";
import type { CouponView, UseAnswer } from "#app/lib/api.ts";
import { discountText } from "#app/lib/event-words.ts";
import type { MessageKey } from "#app/lib/messages.ts";
import { useCouponUse } from "#app/lib/use-wallet.ts";

const ANSWERS = {
  used: "use.done",
  already_used: "use.already_used",
  expired: "use.expired",
} as const satisfies Record<UseAnswer["status"], MessageKey>;

export function UseDialog({ coupon, onClose }: { coupon: CouponView; onClose: () => void }) {
  const { t } = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const use = useCouponUse();
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);

  return (
    <dialog
      ref={dialog}
      onClose={onClose}
      aria-labelledby="use-title"
      className="m-auto w-[min(26rem,calc(100vw-2rem))] rounded-2xl border border-line bg-surface p-6 text-ink backdrop:bg-black/50"
    >
      <h2 id="use-title" className="font-bold text-xl">
        {t("use.title")}
      </h2>
      <p className="mt-3 font-extrabold text-2xl text-accent">{discountText(t, coupon.discount)}</p>
      <p className="font-semibold">{coupon.displayName}</p>
      <p role="status" className="mt-3 min-h-12 text-muted">
        {t(use.data ? ANSWERS[use.data.status] : use.isError ? "use.failed" : "use.text")}
      </p>
      <div className="mt-4 flex justify-end gap-2">
        {use.data ? (
          <Button onClick={onClose}>{t("use.close")}</Button>
        ) : (
          <>
            <Button onClick={onClose}>{t("use.cancel")}</Button>
            <Button
              weight="primary"
              disabled={use.isPending || coupon.id === null}
              onClick={() => coupon.id !== null && use.mutate(coupon.id)}
            >
              {t("use.confirm")}
            </Button>
          </>
        )}
      </div>
    </dialog>
  );
}
