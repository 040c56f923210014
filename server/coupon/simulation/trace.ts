/** The readable trace of one history: a line per step with time, process, call and outcome. */

/** @param line made only when somebody reads it */
export type Trace = (actor: string, line: () => string) => void;

export const noTrace: Trace = () => {};

export function tracing(nowMs: () => number): { trace: Trace; lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    trace: (actor, line) => {
      lines.push(`${(nowMs() / 1000).toFixed(3).padStart(8)}  ${actor.padEnd(10)} ${line()}`);
    },
  };
}

/** A value as the trace shows it: short, and the same every time. */
export function shown(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof Map) return shown([...value]);
  if (value instanceof Set) return shown([...value]);
  if (typeof value === "bigint") return String(value);
  const text = JSON.stringify(value, (_key, inner) => (typeof inner === "bigint" ? String(inner) : inner));
  return (text ?? "nothing").replaceAll('"', "").slice(0, 220);
}
