/** Whether somebody is looking at this page, as the browser tells it. */
import type { FullAttention } from "./follow.ts";

export const attention: FullAttention = {
  away: () => document.visibilityState === "hidden",
  /** Calls back when the page is looked at no longer. */
  onLeave(callback) {
    const whenHidden = () => {
      if (attention.away()) callback();
    };
    document.addEventListener("visibilitychange", whenHidden);
    return () => document.removeEventListener("visibilitychange", whenHidden);
  },
  onReturn(callback) {
    const whenVisible = () => {
      if (!attention.away()) callback();
    };
    // A page that comes back from the history stood still, with the answers of the time when it was left.
    const whenRestored = (event: PageTransitionEvent) => {
      if (event.persisted) callback();
    };
    document.addEventListener("visibilitychange", whenVisible);
    window.addEventListener("pageshow", whenRestored);
    window.addEventListener("online", callback);
    return () => {
      document.removeEventListener("visibilitychange", whenVisible);
      window.removeEventListener("pageshow", whenRestored);
      window.removeEventListener("online", callback);
    };
  },
};
