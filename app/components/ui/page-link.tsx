"use client";
/**
 * A link to another page of this site. The next page is fetched when the pointer touches the link, not before: most
 * visitors of an event stay there, and the framework's own link would fetch every page in sight.
 */
import { usePathname, useRouter } from "next/navigation";
import { type ComponentProps, type MouseEvent, startTransition } from "react";

export type PageLinkProps = Omit<ComponentProps<"a">, "href"> & { href: string };

export function PageLink({ href, ...rest }: PageLinkProps) {
  const router = useRouter();
  const current = usePathname() === href;
  function follow(event: MouseEvent<HTMLAnchorElement>): void {
    if (!isPlainClick(event)) return;
    event.preventDefault();
    // Without a connection the browser would put its own error page in the place of this one, which still says
    // what is held.
    if (!navigator.onLine) return;
    startTransition(() => router.push(href));
  }
  const prepare = () => router.prefetch(href);
  return (
    <a
      {...rest}
      href={href}
      aria-current={current ? "page" : undefined}
      onClick={follow}
      onPointerEnter={prepare}
      onFocus={prepare}
    />
  );
}

/** Every other click (a new tab, a download, the context menu) is the browser's. */
export function isPlainClick(event: MouseEvent): boolean {
  return (
    event.button === 0 &&
    !event.metaKey &&
    !event.ctrlKey &&
    !event.shiftKey &&
    !event.altKey &&
    !event.defaultPrevented
  );
}
