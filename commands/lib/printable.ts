/** Text from outside, made safe for a terminal: whoever wrote it must not move the cursor or turn the line around. */

/** Control and format characters, line and paragraph separators, and code points that mean nothing anywhere. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Escapes as JSON does, so that a line of JSON stays the same JSON. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    let escaped = "";
    for (let index = 0; index < character.length; index += 1)
      escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
    return escaped;
  });
}

/** The beginning of a text, for a table. */
export function shortened(text: string, lengthMax: number): string {
  const shown = printable(text);
  return shown.length <= lengthMax ? shown : `${shown.slice(0, lengthMax - 1)}…`;
}
