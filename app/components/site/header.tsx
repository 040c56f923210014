/** The head of every page: the way home, to the wallet, to the other language, and who is signed in. */
import { Ticket } from "lucide-react";
import { PageLink } from "#app/components/ui/page-link.tsx";
import type { PageWords } from "#app/lib/page-words.ts";
import { Account, SignedInAs } from "./account.tsx";
import { LanguageSwitch } from "./language-switch.tsx";

export function Header({ language, t }: PageWords) {
  return (
    <header className="border-line border-b bg-surface">
      <div className="mx-auto flex max-w-5xl flex-wrap items-center gap-x-1 px-3 pt-1.5 sm:min-h-14 sm:gap-x-2 sm:px-6 sm:pt-0">
        <PageLink href="/" className="mr-auto flex items-center gap-2 rounded-lg py-2 font-extrabold text-lg">
          <Ticket aria-hidden className="size-6 text-accent" />
          <span className="max-[22.5rem]:sr-only">{t("site.name")}</span>
        </PageLink>
        <nav className="flex items-center" aria-label={t("nav.label")}>
          <PageLink href="/" className="nav-link max-sm:hidden">
            {t("nav.events")}
          </PageLink>
          <PageLink href="/coupons" className="nav-link">
            {t("nav.coupons")}
          </PageLink>
        </nav>
        <LanguageSwitch language={language} label={t("nav.language")} />
        <Account />
        <SignedInAs />
      </div>
    </header>
  );
}
