/** The end of an event: a certificate that every promise is a coupon, and answers that outlive the event's gate. */
import { expect, test } from "vitest";
import { audit, rowsOf, settled } from "./audit.ts";
import { type ClaimAnswer, tally, type User } from "./client.ts";
import { lasting } from "./until.ts";
import { testWorld } from "./world.ts";

const world = testWorld();

type Certificate = Record<
  "accepted" | "issued" | "pending" | "parked" | "repaired" | "conflicts" | "differences" | "epoch",
  number | null
>;
const CLEAN = { pending: 0, parked: 0, conflicts: 0, differences: 0 };

const reconcile = (eventId: number) =>
  world().command<Certificate>("commands/reconcile.ts", ["--event", String(eventId), "--wait", "30"]);
const archive = (eventId: number) =>
  world().command<object>("commands/event-archive.ts", ["--event", String(eventId), "--wait", "30"]);

/** A crowd that wins everything there is. */
async function wonBy(prefix: string, limit: number, people: number) {
  const event = await world().createEvent({ limit });
  const users = await world().client.signInMany(prefix, people);
  const answers = await Promise.all(users.map((user) => user.press(event.id)));
  const won = (index: number) => answers[index]?.status === "won";
  return {
    event,
    users,
    answers,
    winners: users.filter((_, index) => won(index)),
    losers: users.filter((_, index) => !won(index)),
  };
}

const keysOf = (eventId: number) => world().redis.keys(`{event:${eventId}}:*`);

test("after a crowd the certificate says that every seat is a coupon", async () => {
  const { event, users, answers } = await wonBy("certified", 100, 250);
  expect(tally(answers)).toEqual({ won: 100, sold_out: 150 });
  expect(await reconcile(event.id)).toMatchObject({ ...CLEAN, accepted: 100, issued: 100, repaired: 0 });
  expect((await audit(world(), event.id, users)).problems).toEqual([]);
});

test("a coupon that was deleted by hand is found, and issued again with its rank", async () => {
  const { event, users } = await wonBy("deleted", 20, 30);
  await settled(world(), event.id);
  const before = await rowsOf(world(), event.id);
  const lost = before[7];
  await world().db.query("DELETE FROM coupon WHERE id = ?", [lost?.id]);

  // 0: the guardian compares as well, every 30 s, and came first.
  const repaired = expect.toBeOneOf([0, 1]);
  expect(await reconcile(event.id)).toMatchObject({ ...CLEAN, accepted: 20, issued: 20, repaired });
  const after = await rowsOf(world(), event.id);
  expect(after.map(({ userId, rank }) => [userId, rank])).toEqual(
    before.map(({ userId, rank }) => [userId, rank]),
  );
  expect((await audit(world(), event.id, users)).problems).toEqual([]);
});

test("there is no certificate for an event with a parked record or a conflict", async () => {
  const { event } = await wonBy("unclean", 5, 5);
  await settled(world(), event.id);
  await world().db.query(
    "INSERT INTO failed_event (topic, `partition`, `offset`, coupon_event_id, error, partition_epoch) " +
      "VALUES ('by-hand', 0, 1, ?, 'a test', 1)",
    [event.id],
  );
  await expect(reconcile(event.id)).rejects.toThrow("1 records are parked");
  await world().db.query("DELETE FROM failed_event WHERE topic = 'by-hand'");
  await world().db.query(
    "INSERT INTO issue_conflict (kind, topic, `partition`, `offset`, coupon_event_id, record) " +
      "VALUES ('rank_taken', 'by-hand', 0, 1, ?, '{}')",
    [event.id],
  );
  await expect(reconcile(event.id)).rejects.toThrow("1 valid records met a row");
  await world().db.query("DELETE FROM issue_conflict WHERE topic = 'by-hand'");
  expect(await reconcile(event.id)).toMatchObject(CLEAN);
});

test("an event whose claims are not over is not archived", async () => {
  const { event, winners } = await wonBy("still-open", 5, 3);
  await expect(archive(event.id)).rejects.toThrow("its claims are not over");
  expect((await winners[0]?.claim(event.id))?.status).toBe("won");
  expect((await keysOf(event.id)).length).toBeGreaterThan(0);
});

/** Asks both web processes without end, as a claim and as a question. */
async function asking(
  users: readonly User[],
  eventId: number,
  isOver: () => boolean,
): Promise<ClaimAnswer[]> {
  const answers: ClaimAnswer[] = [];
  await Promise.all(
    users.map(async (user) => {
      while (!isOver()) {
        for (const web of [0, 1])
          answers.push(await user.claim(eventId, web), await user.claimStatus(eventId, web));
        await lasting(20);
      }
    }),
  );
  return answers;
}

test("while an event is archived and afterwards, winners hear their rank and nobody hears sold out or a new verdict", async () => {
  const { event, users, winners } = await wonBy("archived", 40, 30);
  const newcomers = await world().client.signInMany("too-late", 5);
  await world().setEvent(event.id, { status: "closed" });
  let isOver = false;
  const heard = [winners.slice(0, 10), newcomers].map((people) => asking(people, event.id, () => isOver));
  const archived = archive(event.id).then(() => lasting(1500));
  await archived.finally(() => {
    isOver = true;
  });
  const [byWinners, byNewcomers] = (await Promise.all(heard)).map(tally);

  expect(Object.keys(byWinners ?? {}).filter((status) => status !== "unavailable")).toEqual(["won"]);
  expect(byNewcomers).not.toHaveProperty("sold_out");
  expect(byNewcomers).not.toHaveProperty("won");
  expect(await keysOf(event.id)).toEqual([]);
  for (const web of [0, 1]) {
    for (const user of winners.slice(0, 3)) {
      expect(await user.claim(event.id, web)).toMatchObject({ status: "won", repeat: true });
      expect(await user.claimStatus(event.id, web)).toMatchObject({ status: "won" });
    }
    expect((await newcomers[0]?.claim(event.id, web))?.status).toBe("closed");
    expect((await newcomers[0]?.claimStatus(event.id, web))?.status).toBe("none");
    expect((await world().client.event(event.id, web)).state).toBe("closed");
  }
  const rows = await rowsOf(world(), event.id);
  const ranks = new Map(rows.map(({ userId, rank }) => [userId, rank]));
  for (const { userId, heard: answers } of users)
    for (const { answer } of answers)
      if (answer.status === "won") expect(answer.rank).toBe(ranks.get(userId));
});

test("coupons of an archived event are listed and used, and the event itself is on no list and cannot be changed", async () => {
  const { event, winners } = await wonBy("owners", 10, 4);
  await world().setEvent(event.id, { status: "closed" });
  await archive(event.id);
  await lasting(1500);
  const [coupon] = (await winners[0]?.mine()) ?? [];
  expect(coupon).toMatchObject({ eventId: event.id, state: "usable" });
  expect((await winners[0]?.use(coupon?.id ?? 0))?.data).toMatchObject({ status: "used" });

  const list = await fetch(`${world().bases[0]}/api/trpc/event.list`);
  const { result } = (await list.json()) as { result: { data: { items: { id: number }[] } } };
  expect(result.data.items.map(({ id }) => id)).not.toContain(event.id);
  await expect(world().setEvent(event.id, { status: "active" })).rejects.toThrow("cannot be undone");
  expect(await reconcile(event.id)).toMatchObject({ ...CLEAN, accepted: null, epoch: null, issued: 4 });
  expect(await archive(event.id)).toMatchObject({ archived: true });
});

test("an archived event stays archived when the gate is rebuilt around it", async () => {
  const { event, winners } = await wonBy("rebuilt", 10, 4);
  const other = await world().createEvent({ limit: 10 });
  await world().setEvent(event.id, { status: "closed" });
  await archive(event.id);
  await world().redis.flushall();
  await world().gateIsOpen(other.id);
  expect(await keysOf(event.id)).toEqual([]);
  for (const user of winners) expect((await user.claim(event.id)).status).toBe("won");
});
