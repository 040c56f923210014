"use client";
/** One coupon as a ticket: what it gives, until when, and whether it can be used. */
import { clsx } from "clsx";
import { Until } from "#app/components/event/event-details.tsx";
import { useWords } from "#app/components/site/providers.tsx";
import { Badge, type Tone } from "#app/components/ui/badge.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { LocalTime } from "#app/components/ui/local-time.tsx";
import type { CouponState, CouponView } from "#app/lib/api.ts";
import { discountText } from "#app/lib/event-words.ts";
import type { MessageKey } from "#app/lib/messages.ts";

const STATES = {
  usable: { text: "coupon.state.usable", tone: "good" },
  issuing: { text: "coupon.state.issuing", tone: "wait" },
  used: { text: "coupon.state.used", tone: "plain" },
  expired: { text: "coupon.state.expired", tone: "plain" },
} as const satisfies Record<CouponState, { text: MessageKey; tone: Tone }>;

export function CouponCard({ coupon, onUse }: { coupon: CouponView; onUse: () => void }) {
  const { t } = useWords();
  const state = STATES[coupon.state];
  const spent = coupon.state === "used" || coupon.state === "expired";
  return (
    <article className="overflow-hidden rounded-2xl border border-line bg-surface">
      <div className="flex items-start justify-between gap-3 p-5">
        <div>
          <p className={clsx("font-extrabold text-2xl", spent ? "text-muted line-through" : "text-accent")}>
            {discountText(t, coupon.discount)}
          </p>
          <h2 className="mt-0.5 font-semibold">{coupon.displayName}</h2>
        </div>
        <div className="shrink-0">
          <Badge tone={state.tone}>{t(state.text)}</Badge>
        </div>
      </div>
      <div className="perforation flex items-center justify-between gap-3 px-5 py-4">
        <div className="grid min-w-0 gap-0.5 text-muted text-sm">
          <p>{t("wallet.rank", { rank: coupon.rank })}</p>
          <p>
            {coupon.usedAt === null ? (
              <Until at={coupon.expiresAt} />
            ) : (
              <>
                {t("wallet.used_at")} <LocalTime at={coupon.usedAt} style="full" />
              </>
            )}
          </p>
        </div>
        {coupon.state === "usable" && (
          <Button weight="primary" className="shrink-0" onClick={onUse}>
            {t("wallet.use")}
          </Button>
        )}
      </div>
    </article>
  );
}
