"use client";
/** Whether the page's script runs yet; false in the HTML that the server sends. */
import { useSyncExternalStore } from "react";

export function useAlive(): boolean {
  return useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  );
}
