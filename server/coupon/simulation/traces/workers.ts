/** Histories of the worker: which records become rows, and which must not. */
import { plantedFaults } from "../faults/planted.ts";
import { newestMarkerDecides, staleIsParked, unseenIsConflict } from "../faults/worker-histories.ts";
import { isOpen, LONG_MS, reader, rebuilt, restart, snapshot, type ToldHistory } from "./told.ts";

export const workerHistories: ToldHistory[] = [
  {
    number: 12,
    title: "a stale record, a slow worker, and a third epoch",
    async play(stage) {
      const older = snapshot(stage);
      const late = stage.hold({ process: "web-0", what: "append" }, "request");
      stage.ask("claim", "u0");
      await stage.until(late.arrived);
      restart(stage, older);
      await rebuilt(stage);
      reader(stage).pause(LONG_MS, false);
      late.release();
      await stage.hear("claim", "u1", { web: 1 });
      restart(stage);
      await stage.pass(3000);
      reader(stage).heal();
      await stage.until(() => isOpen(stage));
      await stage.hear("claim", "u1", { web: 1 });
    },
    without: newestMarkerDecides,
  },
  {
    number: 20,
    title: "two workers read one partition, and one has not seen the other's row",
    settings: { readers: 2 },
    async play(stage) {
      const { log } = stage.world;
      log.assign(["reader-0"]);
      const first = stage.hold({ process: "reader-0", what: "commit" }, "request");
      const claimed = stage.hear("claim", "u0");
      await stage.until(first.arrived);
      log.assign(["reader-1"]);
      await stage.pass(1000);
      first.release();
      await claimed;
      await stage.pass(1000);
    },
    without: unseenIsConflict,
  },
  {
    number: 25,
    title: "a stale record is broken as well, and somebody replays it before the owner's is issued",
    async play(stage) {
      const { database, operator } = stage.world;
      const older = snapshot(stage);
      database.refusedUsers.add("u0");
      const late = stage.hold({ process: "web-0", what: "append" }, "request");
      stage.ask("claim", "u0");
      await stage.until(late.arrived);
      restart(stage, older);
      await rebuilt(stage);
      late.release();
      await stage.pass(500);
      reader(stage).pause(3000, false);
      await stage.pass(100);
      await stage.hear("claim", "u1", { web: 1 });
      database.refusedUsers.clear();
      operator.replay();
      await stage.pass(5000);
    },
    without: staleIsParked,
  },
  {
    number: 27,
    title: "a worker that remembers an epoch refuses the next one's marker",
    async play(stage) {
      restart(stage);
      await stage.pass(6000);
    },
    without: plantedFaults["the worker remembers the gate's epoch"],
  },
];
