"use client";
/** Where a coupon is shown and spent: its QR and code, a question before it is used, and how that went. */
import { useEffect, useRef } from "react";
import { useWords } from "#app/components/site/providers.tsx";
import { Button, ButtonLink } from "#app/components/ui/button.tsx";
import { DateText } from "#app/components/ui/date-text.tsx";
import type { CouponView, UseAnswer } from "#app/lib/api.ts";
import { discountText } from "#app/lib/event-words.ts";
import type { MessageKey } from "#app/lib/messages.ts";
import { signInPath } from "#app/lib/next-path.ts";
import { lostSession } from "#app/lib/use-me.ts";
import { useCouponUse } from "#app/lib/use-wallet.ts";
import { CouponCode } from "./coupon-code.tsx";
import { CouponQr } from "./coupon-qr.tsx";

const RESULTS = {
  used: "use.done",
  already_used: "use.already_used",
  expired: "use.expired",
} as const satisfies Record<UseAnswer["status"], MessageKey>;

const LOST_SESSIONS = {
  signed_out: "use.signed_out",
  other_user: "use.other_user",
} as const satisfies Record<NonNullable<ReturnType<typeof lostSession>>, MessageKey>;

/** `owner` is the user id of who opened it. `onClose` is told whether there was an answer. */
export function UseDialog(props: {
  coupon: CouponView;
  owner: string;
  onClose: (answered: boolean) => void;
}) {
  const { t } = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const use = useCouponUse(props.owner);
  const answer = use.data;
  const lost = lostSession(use.error);
  const isOver = answer !== undefined || lost !== null;

  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
  }, []);
  // A reader of the screen begins with the question, and goes on with the result, or where the button has gone.
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each new heading
  useEffect(() => title.current?.focus(), [answer, lost]);
  // By the dialog itself, so that the browser gives the focus back to where it was.
  const close = () => dialog.current?.close();

  return (
    <dialog
      ref={dialog}
      onClose={() => props.onClose(answer !== undefined)}
      aria-labelledby="use-title"
      className="m-auto max-h-[calc(100dvh-2rem)] w-[min(24rem,calc(100vw-2rem))] overflow-y-auto rounded-2xl border border-line bg-surface p-6 text-ink backdrop:bg-black/60"
    >
      <h2 id="use-title" ref={title} tabIndex={-1} className="font-bold text-xl outline-none">
        {t(answer ? RESULTS[answer.status] : lost ? LOST_SESSIONS[lost] : "use.title")}
      </h2>
      <p className="mt-3 font-extrabold text-2xl text-accent">{discountText(t, props.coupon.discount)}</p>
      <p className="font-semibold">{props.coupon.displayName}</p>
      {answer && <UseResult answer={answer} />}
      {lost && <p className="mt-4">{t(use.mayBeUsed ? "use.unknown" : "use.not_used")}</p>}
      {!isOver && <UseQuestion coupon={props.coupon} failed={use.error !== null} />}
      <div className="mt-5 flex flex-wrap justify-end gap-2">
        <Button onClick={close}>{t(isOver ? "use.close" : "use.cancel")}</Button>
        {lost && (
          <ButtonLink href={signInPath("/coupons")} weight="primary">
            {t("nav.sign_in")}
          </ButtonLink>
        )}
        {!isOver && (
          <Button
            weight="primary"
            aria-disabled={use.isPending || undefined}
            onClick={() => !use.isPending && props.coupon.id !== null && use.mutate(props.coupon.id)}
          >
            {t(use.isPending ? "use.asking" : "use.confirm")}
          </Button>
        )}
      </div>
    </dialog>
  );
}

function UseQuestion({ coupon, failed }: { coupon: CouponView; failed: boolean }) {
  const { t } = useWords();
  return (
    <>
      {coupon.code !== null && (
        <div className="mt-4 grid grid-cols-1 gap-3">
          <CouponQr code={coupon.code} />
          <CouponCode code={coupon.code} />
        </div>
      )}
      <p className="mt-4 text-muted">{t("use.text")}</p>
      <p role="alert" className="mt-2 font-semibold text-wait empty:hidden">
        {failed && t("use.failed")}
      </p>
    </>
  );
}

/** When it was used, now or before, or when it expired. */
function UseResult({ answer }: { answer: UseAnswer }) {
  const { coupon } = answer;
  return (
    <p className="mt-4">
      {coupon.usedAt === null ? (
        <DateText text="use.expired_at" at={coupon.expiresAt} style="full" />
      ) : (
        <DateText text="use.used_at" at={coupon.usedAt} style="full" />
      )}
    </p>
  );
}
