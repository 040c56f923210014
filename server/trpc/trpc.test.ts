/** The kinds of procedures that routers choose from. */
import { expect, test } from "vitest";
import { claimLimit } from "./claim-limit.ts";
import { type Api, innerContext } from "./context.ts";
import { signedSessions } from "./session.ts";
import { createCallerFactory, roleProcedure, router } from "./trpc.ts";

const sessions = signedSessions({
  keys: ["0123456789abcdef0123456789abcdef"],
  secure: false,
  mode: "demo",
  nowMs: Date.now,
});
const api = { sessions, claimLimit: claimLimit(0), publicOrigin: null } as unknown as Api;
const createCaller = createCallerFactory(router({ close: roleProcedure("operator").mutation(() => "done") }));

function callerAs(role: "shopper" | "operator" | null) {
  const me = role === null ? null : sessions.issue({ userId: "kim", displayName: "kim", role });
  return createCaller(innerContext(api, { cookieHeader: me?.split(";", 1)[0] }));
}

test("an operator's procedure is for operators", async () => {
  expect(await callerAs("operator").close()).toBe("done");
  await expect(callerAs("shopper").close()).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(callerAs(null).close()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
});
