"use client";
/** One coupon as a ticket: what it gives, its place and dates, its code, and the way to use it. */
import { clsx } from "clsx";
import type { ReactNode } from "react";
import { useWords } from "#app/components/site/providers.tsx";
import { Badge } from "#app/components/ui/badge.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { DateText } from "#app/components/ui/date-text.tsx";
import { LocalTime } from "#app/components/ui/local-time.tsx";
import type { CouponView } from "#app/lib/api.ts";
import { COUPON_STATES } from "#app/lib/coupon-words.ts";
import { discountText } from "#app/lib/event-words.ts";
import { CouponCode } from "./coupon-code.tsx";

export function CouponCard(props: { id: string; coupon: CouponView; onUse: () => void }) {
  const { t } = useWords();
  const { coupon } = props;
  const state = COUPON_STATES[coupon.state];
  const isSpent = coupon.state === "used" || coupon.state === "expired";
  return (
    // It can be given the focus, but not by the tab key: "more" leads here.
    <article
      id={props.id}
      tabIndex={-1}
      aria-label={coupon.displayName}
      className="flex h-full flex-col overflow-hidden rounded-2xl border border-line bg-surface"
    >
      <header className="flex items-start justify-between gap-3 p-5">
        <div className="min-w-0">
          <p className={clsx("font-extrabold text-2xl", isSpent ? "text-muted" : "text-accent")}>
            {discountText(t, coupon.discount)}
          </p>
          <h2 className="mt-0.5 font-semibold">{coupon.displayName}</h2>
        </div>
        <div className="shrink-0">
          <Badge tone={state.tone}>{t(state.text)}</Badge>
        </div>
      </header>
      <div className="perforation grid grow grid-cols-1 content-start gap-4 p-5">
        <CouponFacts coupon={coupon} />
        <CodeLine coupon={coupon} />
        {coupon.state === "usable" && (
          <Button weight="primary" onClick={props.onUse}>
            {t("wallet.use")}
          </Button>
        )}
      </div>
    </article>
  );
}

function CouponFacts({ coupon }: { coupon: CouponView }) {
  const { t } = useWords();
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
      <Fact name={t("wallet.rank")}>{t("wallet.rank_value", { rank: coupon.rank })}</Fact>
      <Fact name={t("wallet.claimed_at")}>
        <LocalTime at={coupon.claimedAt} style="full" />
      </Fact>
      <CouponEnd coupon={coupon} />
    </dl>
  );
}

/** When it ends, or when it has ended and how. */
function CouponEnd({ coupon }: { coupon: CouponView }) {
  const { t } = useWords();
  if (coupon.usedAt !== null)
    return (
      <Fact name={t("wallet.used_at")}>
        <LocalTime at={coupon.usedAt} style="full" />
      </Fact>
    );
  if (coupon.state === "expired")
    return (
      <Fact name={t("wallet.expired_at")}>
        <LocalTime at={coupon.expiresAt} style="full" />
      </Fact>
    );
  return (
    <Fact name={t("wallet.expires")}>
      <DateText text="event.until" at={coupon.expiresAt} style="full" />
    </Fact>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** A code is of use as long as the coupon is; afterwards it still names it when somebody asks about it. */
function CodeLine({ coupon }: { coupon: CouponView }) {
  const { t } = useWords();
  if (coupon.code !== null) return <CouponCode code={coupon.code} copyable={coupon.state === "usable"} />;
  return (
    <p className="flex min-h-15 items-center rounded-xl bg-raised px-4 text-muted">{t("wallet.no_code")}</p>
  );
}
