/** The bounds of the core, in one place, each with its reason. Milliseconds and counts. */

/** A claim is answered within 3 s whatever hangs; the rest is for the network and the browser. */
export const CLAIM_DEADLINE_MS = 2500;
/** An event that is not on the list is waited for this long: together with a claim's deadline it stays within 3 s. */
export const EVENT_LOOKUP_DEADLINE_MS = 500;
/** Claims of one event that may wait in one process: more would only wait past their deadline. */
export const CLAIM_QUEUE_MAX = 10_000;
/** Won seats that may wait for the claim log in one process. Beyond, people are turned away before a seat is taken. */
export const LOG_QUEUE_MAX = 20_000;
/**
 * Records in one send: beyond 500 the cost of a record hardly falls (measured with kafkajs as it comes), the answer only
 * waits longer.
 */
export const LOG_BATCH_MAX = 1000;
/** Seats in one confirm call, like a claim call. */
export const CONFIRM_BATCH_MAX = 256;
/** Confirm calls of one event that leave together: what gathers while Redis is slow goes in a few round trips. */
export const CONFIRM_CALLS_AT_ONCE = 8;
/** Confirm calls of one event that may wait, of up to CONFIRM_BATCH_MAX seats each; else the sweeper finds the seats. */
export const CONFIRM_QUEUE_MAX = 1000;
/** Reads of one event's gate that may wait in one process. */
export const READ_QUEUE_MAX = 10_000;
/** What `unavailable` asks for: long enough to shed load, short enough to feel like waiting, not like an error. */
export const RETRY_AFTER_MS = 1000;
/** A pending seat of this age has no web process waiting for its acknowledgement any more. */
export const SWEEP_AGE_MS = 3000;
/** Pending seats that one sweep of one event takes. */
export const SWEEP_BATCH_MAX = 1000;
/** Entries in one `put`: keeps a script call well below a millisecond's multiples. */
export const PUT_CHUNK_MAX = 1000;
/** Codes that a coupon may try. A clash is next to impossible, so several in a row say that something else is wrong. */
export const CODE_ATTEMPTS_MAX = 5;
/** Rows in one page of a rebuild's reads. */
export const LEDGER_PAGE_MAX = 5000;
/** Events on the list page. */
export const EVENT_LIST_MAX = 100;
/** Events that are looked at for seats whose row is not there yet. */
export const ISSUING_EVENTS_MAX = 100;
/** Unknown event ids that may be looked up at once, and that may wait. */
export const EVENT_LOOKUPS_AT_ONCE = 4;
export const EVENT_LOOKUP_QUEUE_MAX = 1000;
/** As long as a parked record rests after its first attempt; each round is one cheap query. */
export const REPLAY_EVERY_MS = 30_000;
/** Parked records that one round of the worker replays, each in a transaction of its own. */
export const REPLAY_BATCH_MAX = 100;
/** Seats and rows of every event are counted this often: a lost row is found before anybody misses the coupon. */
export const RECONCILE_EVERY_MS = 30_000;
/** How long the guardian waits for the workers to read the log to its end, before it leaves an event to the next round. */
export const RECONCILE_LOG_WAIT_MS = 20_000;
/** At most one event is archived in this time: each is compared seat by seat. */
export const ARCHIVE_EVERY_MS = 10_000;
/** The keys of archived events are removed again this often: a rebuild that had read one before may have made them anew. */
export const FORGET_EVERY_MS = 60_000;
/** An event that cannot be archived lets others go first for this long. */
export const ARCHIVE_RETRY_MS = 600_000;
/** How long a process may say "sold out" by itself. Shorter than LIMIT_RAISE_DELAY_MS, or history 23 comes true. */
export const SOLD_OUT_MEMORY_MS = 1000;
/** Old enough to be asked for again while people are told from it. */
export const SOLD_OUT_REFRESH_MS = 400;
/** Seat holders that one process keeps in memory, of all events together: about 100 bytes each. */
export const HOLDERS_KEPT_MAX = 400_000;
/** Of an event with more seats the gate says "sold out" itself: reading all of them would take it a fifth of a second. */
export const HOLDERS_OF_EVENT_MAX = 200_000;
/** After an attempt to learn the holders came to nothing; the gate answers meanwhile. */
export const HOLDERS_RETRY_MS = 1000;
/** What was read of an event is shown to whoever looks within this time: a crowd costs its gate four readings a second. */
export const READING_SHARED_MS = 250;
/** Between two looks at an event that somebody listens to: at most four frames a second. */
export const LIVE_EVERY_MS = 250;
/** Listeners of one process: as many connections stay free for everything else. */
export const LISTENERS_MAX = 10_000;
/** Of one event: a change takes about 9 µs for each of them, so four a second take a fifth of a core. */
export const LISTENERS_OF_EVENT_MAX = 6000;
/** Told in one go, about 4 ms; then claims and pages have their turn. */
export const LISTENERS_TOLD_AT_ONCE = 500;
