/**
 * A press that has to wait for a sign-in. It is kept in this tab, so that one press is enough: after the way through
 * sign-in the event's page finds it and sends it. No address can stand in for it; a link must not press for anyone.
 */

const STORAGE_KEY = "sunchak_press";
/** Longer ago than this, a visitor no longer expects it. */
const KEPT_MS = 10 * 60_000;

export function keepPress(eventId: number, storage: Storage = sessionStorage): void {
  try {
    storage.setItem(STORAGE_KEY, JSON.stringify([eventId, Date.now()]));
  } catch {
    // A browser that stores nothing costs its user a second press.
  }
}

/** Whether a press on this event was kept; it is kept no longer. */
export function takePress(eventId: number, storage: Storage = sessionStorage): boolean {
  try {
    const [keptFor, at] = JSON.parse(storage.getItem(STORAGE_KEY) ?? "[]");
    if (keptFor !== eventId) return false;
    storage.removeItem(STORAGE_KEY);
    return Date.now() - at < KEPT_MS;
  } catch {
    return false;
  }
}
