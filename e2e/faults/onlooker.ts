/** An onlooker: looks at the event's page data of every web process again and again, and remembers what was wrong. */
import type { EventView } from "../system/client.ts";
import { lasting } from "../system/until.ts";
import type { World } from "../system/world.ts";
import type { Crowd } from "./crowd.ts";

const LOOK_EVERY_MS = 100;

export type Onlooker = {
  /** Views that said "sold out" while seats were certainly left. */
  lies(): EventView[];
  /** Stops looking. */
  close(): Promise<void>;
};

export function watchPages(world: World, crowd: Crowd): Onlooker {
  const lies: EventView[] = [];
  let isOpen = true;
  const looking = world.bases.map(async (_, web) => {
    while (isOpen) {
      // A process that a test has killed shows nothing.
      const view = await world.client.event(crowd.event.id, web).catch(() => null);
      if (view?.state === "sold_out" && crowd.seatsAreLeft()) lies.push(view);
      await lasting(LOOK_EVERY_MS);
    }
  });
  return {
    lies: () => lies,
    async close() {
      isOpen = false;
      await Promise.all(looking);
    },
  };
}
