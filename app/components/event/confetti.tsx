/** A short shower of paper for a fresh win. Only decoration, and nothing of it for who prefers less motion. */
import type { CSSProperties } from "react";

const PIECES = 16;
const SPREAD_REM = 20;

export function Confetti() {
  return (
    <div aria-hidden className="confetti">
      {Array.from({ length: PIECES }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the pieces never change
        <i key={index} style={wayOf(index)} />
      ))}
    </div>
  );
}

/** Side by side from left to right; up or down, and how much it turns, differ from one to the next. */
function wayOf(index: number): CSSProperties {
  const x = (index / (PIECES - 1) - 0.5) * SPREAD_REM;
  const y = ((index * 7) % 5) * 3.5 - 9;
  return {
    "--x": `${x}rem`,
    "--y": `${y}rem`,
    "--turn": `${360 + ((index * 5) % 7) * 90}deg`,
  } as CSSProperties;
}
