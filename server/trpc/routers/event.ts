/** What anyone may see of the events. */
import { type EventViewJson, presentEvent } from "#server/event-json";
import { eventInput, nothing } from "../inputs.ts";
import { type LiveViews, liveViews } from "../live-views.ts";
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

  /** The view now, and again at each change. */
  live: publicProcedure.input(eventInput).subscription(async ({ ctx, input, signal }): Promise<LiveViews> => {
    await ctx.api.services.live.admit(input.eventId);
    return liveViews({ live: ctx.api.services.live, eventId: input.eventId, signal });
  }),
});
