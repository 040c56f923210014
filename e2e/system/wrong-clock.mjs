/**
 * Preloaded into one process (`node --import`): its wall clock is wrong by CLOCK_ERROR_MS, the monotonic one is
 * not, as on a machine whose time was set wrongly.
 */
const errorMs = Number(process.env.CLOCK_ERROR_MS ?? 0);
const RightDate = Date;

globalThis.Date = /** @type {DateConstructor} */ (
  new Proxy(RightDate, {
    construct: (_, parts) => Reflect.construct(RightDate, parts.length === 0 ? [wrongNow()] : parts),
    get: (date, name) => (name === "now" ? wrongNow : Reflect.get(date, name)),
  })
);

function wrongNow() {
  return RightDate.now() + errorMs;
}
