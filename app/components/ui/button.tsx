/** The buttons of all pages: one shape, three weights. */
import { clsx } from "clsx";
import type { ComponentProps } from "react";
import { PageLink, type PageLinkProps } from "./page-link.tsx";

type Look = { weight?: "primary" | "secondary" | "quiet"; size?: "small" | "medium" | "large" };

const WEIGHTS = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong",
  secondary: "border border-line bg-surface text-ink hover:bg-raised",
  quiet: "text-ink hover:bg-raised",
};

const SIZES = {
  small: "min-h-9 px-3 text-sm",
  medium: "min-h-11 px-4 text-base",
  large: "min-h-14 px-6 text-lg",
};

function buttonClass({ weight = "secondary", size = "medium" }: Look, more?: string): string {
  return clsx(
    "inline-flex items-center justify-center gap-2 rounded-xl font-semibold transition-colors",
    "aria-disabled:cursor-not-allowed aria-disabled:bg-raised aria-disabled:text-muted",
    "disabled:cursor-not-allowed disabled:bg-raised disabled:text-muted",
    WEIGHTS[weight],
    SIZES[size],
    more,
  );
}

export function Button({ weight, size, className, ...rest }: ComponentProps<"button"> & Look) {
  return <button type="button" {...rest} className={buttonClass(look(weight, size), className)} />;
}

export function ButtonLink({ weight, size, className, ...rest }: PageLinkProps & Look) {
  return <PageLink {...rest} className={buttonClass(look(weight, size), className)} />;
}

/** To an address that no page of ours stands at: the browser goes there itself. */
export function ButtonAnchor({ weight, size, className, ...rest }: ComponentProps<"a"> & Look) {
  return <a {...rest} className={buttonClass(look(weight, size), className)} />;
}

function look(weight: Look["weight"], size: Look["size"]): Look {
  return { ...(weight && { weight }), ...(size && { size }) };
}
