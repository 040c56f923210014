/**
 * Preloaded into one process (`node --import`): its wall clock is wrong by CLOCK_ERROR_MS, the monotonic one is
 * not, as on a machine whose time was set wrongly. At SIGUSR2 it jumps: it is wrong by as much the other way.
 */
let errorMs = Number(process.env.CLOCK_ERROR_MS ?? 0);
const RightDate = Date;

globalThis.Date = /** @type {DateConstructor} */ (
  new Proxy(RightDate, {
    construct: (_, parts) => Reflect.construct(RightDate, parts.length === 0 ? [wrongNow()] : parts),
    get: (date, name) => (name === "now" ? wrongNow : Reflect.get(date, name)),
  })
);

process.on("SIGUSR2", () => {
  errorMs = -errorMs;
  console.log(`the clock jumped: it is wrong by ${errorMs} ms`);
});

function wrongNow() {
  return RightDate.now() + errorMs;
}
