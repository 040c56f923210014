"use client";
/** Who is signed in, and the way in and out. Filled by the browser: the page's HTML is the same for everybody. */
import { LogOut } from "lucide-react";
import { usePathname } from "next/navigation";
import { useRef } from "react";
import { PageLink } from "#app/components/ui/page-link.tsx";
import { signInPath } from "#app/lib/next-path.ts";
import { useKeptFocus } from "#app/lib/use-kept-focus.ts";
import { useMe, useSignOut } from "#app/lib/use-me.ts";
import { useWords } from "./providers.tsx";

export function Account() {
  const { t } = useWords();
  const me = useMe();
  const pathname = usePathname();
  const place = useRef<HTMLDivElement>(null);
  const keptFocus = useKeptFocus(place);
  return (
    <div {...keptFocus} ref={place} tabIndex={-1} className="flex min-w-16 items-center justify-end">
      {me && <SignedIn name={me.displayName} />}
      {me === null && pathname !== "/sign-in" && (
        <PageLink href={signInPath(pathname)} className="nav-link">
          {t("nav.sign_in")}
        </PageLink>
      )}
    </div>
  );
}

/** In words, on a phone in a line of its own under the bar. The line is kept free for it, so that nothing moves when it comes. */
export function SignedInAs() {
  const { t } = useWords();
  const me = useMe();
  return (
    <p className="min-h-4 w-full pb-1 text-right text-muted text-xs sm:sr-only">
      {me && t("nav.signed_in_as", { name: me.displayName })}
    </p>
  );
}

function SignedIn({ name }: { name: string }) {
  const { t } = useWords();
  const signOut = useSignOut();
  return (
    <>
      <span aria-hidden className="hidden max-w-32 truncate px-1 text-muted text-sm sm:inline">
        {name}
      </span>
      <button
        type="button"
        onClick={() => !signOut.isPending && signOut.mutate(undefined)}
        aria-disabled={signOut.isPending}
        className="nav-link gap-1"
      >
        <LogOut aria-hidden className="size-4" />
        <span className="max-sm:sr-only">{t("nav.sign_out")}</span>
      </button>
    </>
  );
}
