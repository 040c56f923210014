/**
 * Reads a QR as a scanner would, but for the correction of errors: of the smallest size (21 modules, version 1), in
 * alphanumeric mode. ISO/IEC 18004.
 */
import type { Locator } from "@playwright/test";

const SIZE = 21;
const ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const ALPHANUMERIC_MODE = 0b0010;
/** The mask's number is written with these bits turned over. */
const FORMAT_MASK = 0b101;

const MASKS: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** @param path the SVG path of the dark modules, one unit each */
export async function readQr(path: Locator): Promise<string> {
  const modules = await path.evaluate((element, size) => {
    const shape = element as SVGGeometryElement;
    const isDark = (x: number, y: number) => shape.isPointInFill(new DOMPoint(x + 0.5, y + 0.5));
    return Array.from({ length: size }, (_, y) => Array.from({ length: size }, (_, x) => isDark(x, y)));
  }, SIZE);
  const isDark = (x: number, y: number) => modules[y]?.[x] === true;
  const maskBits = [2, 3, 4].reduce((bits, x) => bits * 2 + Number(isDark(x, 8)), 0);
  const isMasked = MASKS[maskBits ^ FORMAT_MASK] ?? (() => false);
  return textOf(dataPlaces().map(({ x, y }) => Number(isDark(x, y) !== isMasked(x, y))));
}

/** From the right edge in columns of two, up and down, around the patterns that every QR has. */
function dataPlaces(): { x: number; y: number }[] {
  const isPattern = (x: number, y: number) =>
    x === 6 || y === 6 || (x < 9 && y < 9) || (x > 12 && y < 9) || (x < 9 && y > 12);
  const places: { x: number; y: number }[] = [];
  let isUp = true;
  for (let right = SIZE - 1; right > 0; right -= 2) {
    if (right === 6) right -= 1;
    for (let step = 0; step < SIZE; step += 1) {
      const y = isUp ? SIZE - 1 - step : step;
      for (const x of [right, right - 1]) if (!isPattern(x, y)) places.push({ x, y });
    }
    isUp = !isUp;
  }
  return places;
}

function textOf(bits: readonly number[]): string {
  let at = 0;
  const read = (length: number) => {
    at += length;
    return bits.slice(at - length, at).reduce((number, bit) => number * 2 + bit, 0);
  };
  if (read(4) !== ALPHANUMERIC_MODE) throw new Error("the QR is not in alphanumeric mode");
  const length = read(9);
  let text = "";
  while (text.length < length) {
    const isPair = length - text.length > 1;
    const value = read(isPair ? 11 : 6);
    if (isPair) text += ALPHANUMERIC[Math.floor(value / ALPHANUMERIC.length)];
    text += ALPHANUMERIC[value % ALPHANUMERIC.length];
  }
  return text;
}
