/**
 * A repair of kafkajs 2.2.4: its request queues re-arm a timer for ever, also when nothing waits in them, and with a
 * negative time-out as soon as the broker does not throttle: a wake-up each millisecond for each connection, and
 * `TimeoutNegativeWarning` on Node 24.
 */
import RequestQueue from "kafkajs/src/network/requestQueue/index.js";

/** As long as kafkajs itself waits when requests are queued for another reason than throttling. */
const RECHECK_MS = 10;

/** Once per process, before the first connection. */
export function repairRequestQueue(): void {
  RequestQueue.prototype.scheduleCheckPendingRequests = function schedule(): void {
    // Whatever is queued later comes here again by itself: push() calls this after it has queued a request.
    if (this.throttleCheckTimeoutId || this.pending.length === 0) return;
    const throttledForMs = this.throttledUntil - Date.now();
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      throttledForMs > 0 ? throttledForMs : RECHECK_MS,
    );
  };
}
