/** The product's router behind tRPC's fetch adapter in a Next route handler, as the documentation of both shows it. */
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { type Context, innerContext } from "#server/trpc/context";
import { appRouter } from "#server/trpc/router";
import { getApi } from "../../../../api.ts";

export const dynamic = "force-dynamic";

function answer(req: Request): Promise<Response> {
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req,
    router: appRouter,
    createContext: ({ resHeaders }): Context => ({
      ...innerContext(getApi(), { cookieHeader: req.headers.get("cookie") ?? undefined }),
      http: {
        headers: Object.fromEntries(req.headers),
        setCookie: (value) => resHeaders.append("set-cookie", value),
      },
    }),
  });
}

export { answer as GET, answer as POST };
