/**
 * One process of one of the other ways: its claim behind tRPC's official standalone adapter, or its scheduler or
 * consumer. The session check and the validation of the input are the product's own code; but each call's cookie is
 * verified, since to remember those that were is part of what is measured, and an idea of the product alone.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import { initTRPC, TRPCError } from "@trpc/server";
import { createHTTPServer } from "@trpc/server/adapters/standalone";
import { z } from "zod";
import type { Me } from "#server/identity";
import { eventInput } from "#server/trpc/inputs";
import { signedSessions } from "#server/trpc/session";
import { connectWay } from "./deps.ts";
import { wayNumber } from "./index.ts";
import type { Claim } from "./way.ts";

const env = z
  .object({
    BENCH_WAY: z.coerce.number(),
    BENCH_ROLE: z.enum(["web", "worker"]),
    PORT: z.coerce.number(),
    SESSION_KEYS: z.string(),
    REDIS_URL: z.string(),
    KAFKA_BROKERS: z.string(),
    DATABASE_URL: z.string(),
  })
  .parse(process.env);

const way = wayNumber(env.BENCH_WAY);
const deps = connectWay(way, {
  redisUrl: env.REDIS_URL,
  brokers: env.KAFKA_BROKERS,
  databaseUrl: env.DATABASE_URL,
});
const stopping = new AbortController();
process.once("SIGTERM", () => stopping.abort());

const end = env.BENCH_ROLE === "web" ? await serve(await way.prepare(deps)) : await work();
if (!stopping.signal.aborted) await once(stopping.signal, "abort");
await end();
process.exit(0);

async function serve(claim: Claim): Promise<() => Promise<void>> {
  const sessions = signedSessions({
    keys: env.SESSION_KEYS.split(","),
    secure: false,
    mode: "demo",
    nowMs: Date.now,
    rememberedMax: 0,
  });
  const server = createHTTPServer({
    router: routerOf(claim),
    basePath: "/api/trpc/",
    createContext: ({ req }): Context => ({ me: sessions.read(req.headers.cookie) }),
  });
  server.listen(env.PORT, "127.0.0.1");
  return async () => {
    server.close();
    server.closeAllConnections();
  };
}

type Context = { me: Me | null };

function routerOf(claim: Claim) {
  const t = initTRPC.context<Context>().create();
  return t.router({
    ready: t.procedure.query(() => "ready"),
    coupon: t.router({
      claim: t.procedure.input(eventInput).mutation(({ ctx, input }) => {
        if (ctx.me === null) throw new TRPCError({ code: "UNAUTHORIZED" });
        return claim(input.eventId, ctx.me.userId);
      }),
    }),
  });
}

/** The port only says that it runs. */
async function work(): Promise<() => Promise<void>> {
  const running = way.background?.(deps, stopping.signal);
  running?.catch((error) => {
    console.error(error);
    process.exit(1);
  });
  const server = createServer((_, res) => res.end("ready")).listen(env.PORT, "127.0.0.1");
  return async () => {
    server.close();
    await running;
  };
}
