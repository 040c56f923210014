/** What anyone may see of the events. */

import { type EventViewJson, presentEvent } from "#server/event-json";
import { eventInput, nothing } from "../inputs.ts";
import { publicProcedure, router } from "../trpc.ts";

export const eventRouter = router({
  list: publicProcedure.input(nothing).query(async ({ ctx }): Promise<{ items: EventViewJson[] }> => {
    const events = await ctx.api.services.events.list();
    return { items: events.map(presentEvent) };
  }),

  get: publicProcedure
    .input(eventInput)
    .query(
      async ({ ctx, input }): Promise<EventViewJson> =>
        presentEvent(await ctx.api.services.events.get(input.eventId)),
    ),
});
