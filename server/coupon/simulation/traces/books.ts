/** Histories of reconciliation and archiving. */
import { archivedUnconditionally, bookFaults, sentWithLaterEpoch } from "../faults/book-faults.ts";
import { reader, rebuilt, restart, snapshot, type ToldHistory } from "./told.ts";

export const bookHistories: ToldHistory[] = [
  {
    number: 35,
    title: "a seat without a row is sent again when another epoch has its rank to give",
    async play(stage) {
      const { redis, log } = stage.world;
      const older = snapshot(stage);
      stage.next({ what: "claim" }, { lost: "reply" });
      stage.ask("claim", "u0");
      await stage.pass(50);
      // As if its record had been in the log, and then its row in the table.
      const keys = redis.master().events.get(1);
      if (keys?.pending.delete("u0")) keys.outbox -= 1;
      stage.world.lostRows += 1;
      const looked = stage.at({ what: "findSeats", process: "guardian" }, () => restart(stage, older), 6000);
      await stage.until(looked.arrived);
      await rebuilt(stage);
      const isSent = () =>
        log.partitions().some(({ records }) => records.some(({ value }) => value?.includes('"reconcile"')));
      await stage.until(isSent);
      await stage.hear("claim", "u1");
      await stage.pass(500);
    },
    without: sentWithLaterEpoch,
  },
  {
    number: 36,
    title: "an event is archived while a winner's seat is pending and its record unread",
    async play(stage) {
      reader(stage).pause(3000, false);
      stage.next({ what: "confirm" }, { lost: "request" });
      await stage.hear("claim", "u0");
      stage.world.operator.archive(1);
      await stage.pass(2000);
      await stage.hear("claim", "u0");
      await stage.until(() => stage.world.evidence.isArchived(1));
      await stage.hear("claim", "u0");
    },
    without: bookFaults["an event is archived with a pending seat"],
  },
  {
    number: 37,
    title: "an event is opened again between its closing and its archiving",
    async play(stage) {
      const { operator } = stage.world;
      const listed = stage.at(
        { process: "operator", what: "allSeats" },
        () => operator.change(1, { status: "active" }),
        400,
      );
      operator.archive(1);
      await stage.until(listed.arrived);
      await stage.pass(300);
      reader(stage).pause(4000, false);
      await stage.hear("claim", "u0");
      await stage.pass(2000);
      await stage.hear("claim", "u0");
    },
    without: archivedUnconditionally,
  },
];
