/** Histories of a gate that is built again. */
import { SWEEP_AGE_MS } from "../../limits.ts";
import { deletesFirst } from "../faults/gate-histories.ts";
import { plantedFaults } from "../faults/planted.ts";
import { together } from "../faults/together.ts";
import { onlyFirstPartition, rowsBeforeParked } from "../faults/worker-histories.ts";
import {
  guardian,
  isOpen,
  LONG_MS,
  reader,
  rebuilt,
  restart,
  rowOf,
  snapshot,
  type ToldHistory,
} from "./told.ts";

export const rebuildHistories: ToldHistory[] = [
  {
    number: 3,
    title: "Redis restarts in the middle of a rebuild and forgets what was written",
    async play(stage) {
      await stage.hear("claim", "u0");
      await stage.until(() => rowOf(stage, "u0") === 1);
      stage.world.redis.flushAll();
      let begun = snapshot(stage);
      stage.at({ what: "begin" }, () => {
        begun = snapshot(stage);
      });
      const written = stage.at({ what: "put" }, () => restart(stage, begun), 50);
      await stage.until(written.arrived);
      await stage.until(() => isOpen(stage));
      await stage.hear("claim", "u1");
      await stage.hear("claim", "u2");
      await stage.hear("claim", "u0");
    },
    without: {
      gateRules: {
        openCountCheck: false,
        countCheck: false,
        noscriptRefuses: false,
        beginRefusesOlder: false,
      },
    },
  },
  {
    number: 4,
    title: "a guardian pauses in a rebuild, and goes on when another one has finished",
    settings: { guardians: 2 },
    async play(stage) {
      guardian(stage, 1).pause(4000, false);
      stage.world.redis.flushAll();
      stage.world.redis.master().scripts.clear();
      const read = stage.at({ process: "guardian-0", what: "seatRows" }, () => {
        guardian(stage, 0).pause(LONG_MS, false);
        stage.world.database.lockOwner = null;
      });
      await stage.until(read.arrived);
      await rebuilt(stage);
      await stage.hear("claim", "u0");
      guardian(stage, 0).heal();
      await stage.pass(20);
      await stage.hear("claim", "u1");
    },
    without: plantedFaults["an overtaken guardian goes on building"],
  },
  {
    number: 5,
    title: "a rebuild dies between deleting and writing",
    async play(stage) {
      reader(stage).pause(LONG_MS, false);
      await stage.hear("claim", "u0");
      restart(stage);
      const content = stage.at({ what: "content" }, () => guardian(stage, 0).crash(500));
      await stage.pass(7500);
      await stage.hear("claim", "u1");
      reader(stage).heal();
      await stage.until(() => content.arrived() && isOpen(stage));
      await stage.hear("claim", "u1");
    },
    // The drain covers it: what was told has its row by then. Both are taken away.
    without: together(deletesFirst, plantedFaults["no drain"]),
  },
  {
    number: 8,
    title: "the sweeper sends a seat that it read in an epoch that has ended",
    settings: { guardians: 2 },
    async play(stage) {
      const older = snapshot(stage);
      stage.next({ what: "append" }, { lost: "request" });
      guardian(stage, 1).pause(9000, false);
      stage.ask("claim", "u0");
      // Until it is old enough to be swept.
      await stage.pass(SWEEP_AGE_MS + 20);
      const listed = stage.at({ process: "guardian-0", what: "pendingSeats" }, () => {
        guardian(stage, 0).pause(LONG_MS, false);
        restart(stage, older);
      });
      await stage.until(listed.arrived);
      await rebuilt(stage);
      guardian(stage, 0).heal();
      await stage.pass(20);
      await stage.hear("claim", "u1");
    },
    without: plantedFaults["a record is labelled with an epoch read later"],
  },
  {
    number: 10,
    title: "meta is missing and the worker lags: the event is not opened as if it were new",
    async play(stage) {
      reader(stage).pause(8000, false);
      await stage.hear("claim", "u0");
      stage.world.redis.flushAll();
      await stage.pass(2500);
      await stage.hear("claim", "u1");
    },
    without: plantedFaults["a gate that is missing is opened as for the first time"],
  },
  {
    number: 14,
    title: "a winner's record is parked, and the gate forgets him",
    async play(stage) {
      stage.world.database.refusedUsers.add("u0");
      await stage.hear("claim", "u0");
      await stage.until(() => stage.world.database.tables.failed.length > 0);
      stage.world.redis.flushAll();
      await rebuilt(stage);
      await stage.hear("claim", "u1");
    },
    without: plantedFaults["parked seats are ignored"],
  },
  {
    number: 17,
    title: "the number of partitions grows",
    async play(stage) {
      const { settings, log } = stage.world;
      settings.partitions = 2;
      log.ensureTopic({ topic: settings.topic, partitions: 2 });
      guardian(stage, 0).crash(100);
      await rebuilt(stage);
      await stage.hear("claim", "u0");
      await stage.hear("claim", "u1");
    },
    without: onlyFirstPartition,
  },
  {
    number: 21,
    title: "survivors that only the users hash knows go through the log again",
    async play(stage) {
      stage.next({ what: "append" }, { lost: "request" });
      stage.ask("claim", "u0");
      await stage.pass(50);
      restart(stage);
      stage.world.redis.deleteKey(1, "pending");
      await rebuilt(stage);
      await stage.hear("claim", "u0");
    },
    without: plantedFaults["survivors of a rebuild are not pending"],
  },
  {
    number: 26,
    title: "the guardian reads rows before the worker has read the log",
    async play(stage) {
      reader(stage).pause(4000, false);
      await stage.hear("claim", "u0");
      stage.world.redis.flushAll();
      await rebuilt(stage);
      await stage.hear("claim", "u1");
    },
    without: plantedFaults["rows are read before the drain"],
  },
  {
    number: 28,
    title: "a parked record is replayed between the guardian's two reads",
    async play(stage) {
      const { database, operator, redis } = stage.world;
      database.refusedUsers.add("u0");
      await stage.hear("claim", "u0");
      await stage.until(() => database.tables.failed.length > 0);
      redis.flushAll();
      const read = stage.hold({ what: "failedRecords" }, "request");
      await stage.until(read.arrived);
      database.refusedUsers.clear();
      operator.replay();
      await stage.until(() => rowOf(stage, "u0") === 1);
      read.release();
      await stage.until(() => isOpen(stage));
      await stage.hear("claim", "u1");
    },
    without: rowsBeforeParked,
  },
];
