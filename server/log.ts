/** The structured log: one JSON object per line, with the process's name, and without anyone's cookie. */
import { type Logger, pino } from "pino";

export const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];
export type Log = Logger;

/** Wherever a request, its headers or a set-up object is logged, these never appear. */
const secrets = ["cookie", "authorization", "set-cookie", "sessionKeys", "password"];
const paths = secrets.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.headers["${name}"]`]);

/** @param options.destination where the lines go; standard output when left out */
export function createLog(options: {
  process: "web" | "worker" | "command";
  level: LogLevel;
  destination?: { write(line: string): void };
}): Log {
  const settings = {
    level: options.level,
    base: { process: options.process },
    // Words, because someone reads them at night.
    formatters: { level: (label: string) => ({ level: label }) },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    // The core says `error` where pino says `err`; both keep their stack and their cause.
    serializers: { err: pino.stdSerializers.errWithCause, error: pino.stdSerializers.errWithCause },
    redact: { paths, censor: "[removed]" },
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}
