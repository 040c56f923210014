/** The API of Sunchak, and the types its clients compile against. */
import { couponRouter } from "./routers/coupon.ts";
import { eventRouter } from "./routers/event.ts";
import { sessionRouter } from "./routers/session.ts";
import { createCallerFactory, router } from "./trpc.ts";

export const appRouter = router({ session: sessionRouter, event: eventRouter, coupon: couponRouter });
export type AppRouter = typeof appRouter;

/** Calls the API in process, without HTTP: for server components. */
export const createCaller = createCallerFactory(appRouter);
export type Caller = ReturnType<typeof createCaller>;

export type { EventViewJson } from "#server/event-json";
export type { Me, Role } from "#server/identity";
export type {
  ClaimAnswer,
  ClaimStatusAnswer,
  CouponViewJson,
  UseAnswer,
  WalletPageJson,
} from "./present.ts";
