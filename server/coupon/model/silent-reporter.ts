/** A reporter that nobody listens to. */
import type { Reporter } from "../ports.ts";

export const silentReporter: Reporter = { count() {}, gauge() {}, info() {}, warn() {}, alarm() {} };
