/** Randomness from a seed: the same seed gives the same history on every machine. */

export type Random = {
  /** from 0 up to, but not including, 1 */
  fraction(): number;
  /** a whole number, both ends included */
  between(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  shuffled<T>(items: readonly T[]): T[];
  /** A stream of its own, so that one consumer more or less does not change what the others draw. */
  fork(): Random;
};

/** sfc32, seeded by one 32-bit number; small, fast and good enough to spread histories. */
export function seededRandom(seed: number): Random {
  let [a, b, c, counter] = [seed | 0, 0x9e3779b9 | 0, 0x243f6a88 | 0, 1];

  function nextWord(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
  for (let turn = 0; turn < 12; turn += 1) nextWord();

  const random: Random = {
    fraction: () => nextWord() / 4_294_967_296,
    between: (min, max) => min + Math.floor(random.fraction() * (max - min + 1)),
    chance: (probability) => random.fraction() < probability,
    pick(items) {
      if (items.length === 0) throw new RangeError("nothing to pick from");
      return items[random.between(0, items.length - 1)] as (typeof items)[number];
    },
    shuffled(items) {
      const copy = [...items];
      for (let last = copy.length - 1; last > 0; last -= 1) {
        const other = random.between(0, last);
        [copy[last], copy[other]] = [copy[other] as never, copy[last] as never];
      }
      return copy;
    },
    fork: () => seededRandom(nextWord()),
  };
  return random;
}
