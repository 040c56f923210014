"use client";
/** Whoever uses a keyboard goes on from the same place when what had the focus is taken away. */
import { type RefObject, useEffect, useRef } from "react";

/**
 * For an element whose content changes by itself: if something in it had the focus and is gone, `refuge` gets it.
 * @param refuge stays, and can be given the focus
 * @returns to be spread on the element
 */
export function useKeptFocus(refuge: RefObject<HTMLElement | null>) {
  const had = useRef(false);
  useEffect(() => {
    if (!had.current || document.activeElement !== document.body) return;
    had.current = false;
    refuge.current?.focus({ preventScroll: true });
  });
  return {
    onFocus: () => {
      had.current = true;
    },
    // Not called for what React itself takes away.
    onBlur: () => {
      had.current = false;
    },
  };
}
