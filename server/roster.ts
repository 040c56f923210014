/** Who is here, when thousands come and go in a second. What a Set would cost is told in docs/decisions/0022. */

export interface Roster<T> {
  /** @returns the place to leave again, once */
  enter(item: T): number;
  leave(place: number): void;
  size(): number;
  [Symbol.iterator](): Iterator<T>;
}

export function createRoster<T>(): Roster<T> {
  const places: (T | undefined)[] = [];
  const free: number[] = [];
  return {
    enter(item) {
      const place = free.pop() ?? places.length;
      places[place] = item;
      return place;
    },
    leave(place) {
      places[place] = undefined;
      free.push(place);
    },
    size: () => places.length - free.length,
    *[Symbol.iterator]() {
      for (const item of places) if (item !== undefined) yield item;
    },
  };
}
