/** tRPC's own client, with the types of our router, is how programs use the API (README, "From a program"). */
import { createTRPCClient, httpBatchLink, httpLink, TRPCClientError } from "@trpc/client";
import { expect, test } from "vitest";
import type { AppRouter } from "#server/trpc/router";
import { openTestDoor, type TestDoor } from "./testing.ts";

const links = { httpLink, httpBatchLink };

function typedClient(door: TestDoor, link: keyof typeof links) {
  const headers = { cookie: door.cookieOf("kim") };
  return createTRPCClient<AppRouter>({ links: [links[link]({ url: `${door.origin}/api/trpc`, headers })] });
}

test.each(["httpLink", "httpBatchLink"] as const)(
  "the official client claims, asks and lists over %s, each answer with its type",
  async (link) => {
    await using door = await openTestDoor();
    const client = typedClient(door, link);
    const [claim, status, event, mine] = await Promise.all([
      client.coupon.claim.mutate({ eventId: 1 }),
      client.coupon.claimStatus.query({ eventId: 1 }),
      client.event.get.query({ eventId: 1 }),
      client.coupon.mine.query({ limit: 5 }),
    ]);
    expect(claim).toMatchObject({ status: "won", rank: 3 });
    expect(status).toMatchObject({ status: "won", rank: 3 });
    expect(event.displayName).toBe("A coupon for ten");
    expect(mine.items.map(({ state }) => state)).toEqual(["issuing", "used"]);
  },
);

test("the official client reads our errors by their code", async () => {
  await using door = await openTestDoor();
  const unknown = await typedClient(door, "httpLink")
    .coupon.claim.mutate({ eventId: 2 })
    .catch((error: unknown) => error);
  expect(unknown).toBeInstanceOf(TRPCClientError);
  expect((unknown as TRPCClientError<AppRouter>).data).toMatchObject({ code: "NOT_FOUND", httpStatus: 404 });
});
