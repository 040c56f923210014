/** Histories between the button, the gate and the log. */
import { newEvent } from "../chaos-operator.ts";
import { everyFenceRebuilds } from "../faults/gate-histories.ts";
import { plantedFaults } from "../faults/planted.ts";
import { caseBlindRows } from "../faults/worker-histories.ts";
import { isOpen, rebuilt, restart, snapshot, type ToldHistory, webProcess } from "./told.ts";

export const claimHistories: ToldHistory[] = [
  {
    number: 1,
    title: "of one send to two partitions one was never written",
    settings: { partitions: 2 },
    async play(stage) {
      stage.next({ process: "web-0", what: "append" }, { lost: "request" });
      stage.ask("claim", "u0");
      stage.ask("claim", "u1");
      await stage.pass(3000);
    },
    without: plantedFaults["a missing partition is taken as acknowledged"],
  },
  {
    number: 2,
    title: "Kim and kim win in the gate and clash in the table",
    async play(stage) {
      await stage.hear("claim", "Kim");
      await stage.hear("claim", "kim");
    },
    without: caseBlindRows,
  },
  {
    number: 6,
    title: "a replica takes over, and the old master seats somebody for a process that knows of no new epoch",
    async play(stage) {
      webProcess(stage, 0).cutFrom.add("mysql");
      stage.world.redis.failOver(snapshot(stage), ["web-0"]);
      await rebuilt(stage);
      await stage.hear("claim", "u0");
    },
    without: plantedFaults["won without the lease"],
  },
  {
    number: 7,
    title: "a master is demoted and promoted again, with older data and all its scripts",
    async play(stage) {
      const older = snapshot(stage);
      await stage.hear("claim", "u0");
      stage.world.redis.demoteAndPromote(older);
      await stage.hear("claim", "u1", { web: 1 });
    },
    without: plantedFaults["no replid check"],
  },
  {
    number: 11,
    title: "claims on unknown, unopened and ended events cause no rebuild",
    async play(stage) {
      const { book, operator, guardians, scheduler } = stage.world;
      for (const guardian of guardians) guardian.pause(2500, false);
      operator.create({ ...newEvent({ opensAtMs: 1, issueLimit: 1 }), closesAtMs: 2 });
      await stage.pass(1500);
      for (let time = 0; time < 20; time += 1) {
        stage.ask("claim", "u0", { eventId: 2 });
        stage.ask("view", "u0", { eventId: 77 });
        await stage.pass(100);
      }
      await stage.pass(3000);
      if (stage.epoch() > 1)
        book.fail("L3", `${scheduler.nowMs()} ms, and the gate is in epoch ${stage.epoch()}`);
    },
    without: everyFenceRebuilds,
  },
  {
    number: 15,
    title: "a seat that was only reserved fills the event, and comes back; who was told sold out gets it",
    settings: { limit: 1 },
    async play(stage) {
      const older = snapshot(stage);
      stage.next({ what: "append" }, { lost: "request" });
      stage.ask("claim", "u0", { web: 1 });
      await stage.pass(100);
      await stage.hear("claim", "u1");
      restart(stage, older);
      await rebuilt(stage);
      await stage.pass(1500);
      await stage.hear("claim", "u1");
    },
    without: plantedFaults["sold out is remembered without the lease"],
  },
  {
    number: 16,
    title: "memory of sold out is no answer to somebody who holds a seat",
    settings: { limit: 1 },
    async play(stage) {
      await stage.hear("claim", "u0", { web: 1 });
      await stage.hear("claim", "u1");
      await stage.pass(20);
      await stage.hear("claim", "u0");
    },
    without: plantedFaults["a holder is missing from the list of holders"],
  },
  {
    number: 22,
    title: "rewound data is read to tell a winner that he holds nothing",
    async play(stage) {
      const older = snapshot(stage);
      await stage.hear("claim", "u0");
      await stage.pass(100);
      restart(stage, older);
      await stage.pass(50);
      await stage.hear("status", "u0");
      await stage.until(() => isOpen(stage));
    },
    without: plantedFaults["gate data is read past the fence"],
  },
  {
    number: 23,
    title: "a raised limit's first seat goes while a process still remembers sold out",
    settings: { limit: 1 },
    async play(stage) {
      stage.next({ what: "append" }, { lost: "request" });
      stage.ask("claim", "u0");
      await stage.pass(100);
      await stage.hear("claim", "u1");
      stage.world.operator.change(1, { issueLimit: 2 });
      await stage.pass(30);
      for (let time = 0; time < 30; time += 1) {
        await stage.hear("claim", "u1", { web: 1 });
        await stage.hear("claim", "u1");
        await stage.pass(50);
      }
    },
    without: { gateRules: { raiseDelay: false } },
  },
];
