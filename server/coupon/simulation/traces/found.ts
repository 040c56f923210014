/** Histories that the simulation itself found, or that were found while it was written. */
import { loneFirstStart } from "../faults/gate-histories.ts";
import { guardian, rebuilt, type ToldHistory, webProcess } from "./told.ts";

export const foundHistories: ToldHistory[] = [
  {
    number: 29,
    title: "two guardians at the very first start, one of which pauses before it begins",
    fromTheStart: true,
    settings: { guardians: 2, leaseMs: 4000 },
    async play(stage) {
      guardian(stage, 1).pause(500, false);
      const ensured = stage.at({ process: "guardian-0", what: "ensureTopic" }, () => {
        guardian(stage, 0).pause(60_000, false);
        stage.world.database.lockOwner = null;
      });
      await stage.until(ensured.arrived);
      await rebuilt(stage);
      await stage.until(() => stage.world.redis.master().events.get(1)?.state === "open");
      await stage.pass(1100);
      const append = stage.hold({ process: "web-0", what: "append" }, "request");
      webProcess(stage, 0).cutFrom.add("mysql");
      stage.ask("claim", "u0");
      await stage.until(append.arrived);
      guardian(stage, 0).heal();
      await stage.pass(1000);
      append.release();
      await stage.pass(500);
    },
    without: loneFirstStart,
  },
  {
    number: 30,
    title: "the outbox is deleted while it holds a reservation",
    async play(stage) {
      stage.next({ what: "append" }, { lost: "request" });
      stage.ask("claim", "u0");
      await stage.pass(50);
      stage.world.redis.deleteKey(1, "pending");
      await stage.pass(3000);
      await stage.hear("claim", "u0");
    },
    without: { gateRules: { outboxCheck: false } },
  },
  {
    number: 31,
    title: "Redis's clock is set back by ten minutes under a seat that is pending",
    async play(stage) {
      const { redis } = stage.world;
      redis.master().clockOffsetMs = 600_000;
      stage.next({ what: "append" }, { lost: "request" });
      stage.ask("claim", "u0");
      await stage.pass(50);
      redis.master().clockOffsetMs = 0;
      await stage.pass(5000);
    },
    without: { gateRules: { futureIsOld: false } },
  },
];
