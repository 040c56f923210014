/** Whether somebody is looking at this page, as the browser tells it. */
import type { Attention } from "./answers.ts";

export const attention: Attention = {
  away: () => document.visibilityState === "hidden",
  onReturn(callback) {
    const whenVisible = () => {
      if (document.visibilityState === "visible") callback();
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
