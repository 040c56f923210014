/** Histories in which an operator changes something at a bad moment. */

import { limitMayShrink, repliesAreBelieved } from "../faults/gate-histories.ts";
import { plantedFaults } from "../faults/planted.ts";
import { together } from "../faults/together.ts";
import { guardian, isOpen, LONG_MS, reader, restart, type ToldHistory } from "./told.ts";

export const operatorHistories: ToldHistory[] = [
  {
    number: 9,
    title: "a setting is changed when the gate has forgotten the event",
    async play(stage) {
      await stage.hear("claim", "u0");
      await stage.pass(100);
      stage.world.redis.flushAll();
      stage.world.operator.change(1, { issueLimit: 3 });
      await stage.pass(50);
      await stage.hear("claim", "u1");
    },
    without: plantedFaults["configure creates meta"],
  },
  {
    number: 13,
    title: "the limit is lowered when the last rank is won",
    async play(stage) {
      reader(stage).pause(3000, false);
      await stage.hear("claim", "u0");
      await stage.hear("claim", "u1");
      stage.world.operator.change(1, { issueLimit: 1 });
      await stage.pass(4000);
    },
    without: limitMayShrink,
  },
  {
    number: 18,
    title: "an event is closed with seats that are pending, and the gate is built again",
    async play(stage) {
      stage.next({ what: "append" }, { lost: "request" });
      stage.ask("claim", "u0");
      await stage.pass(50);
      stage.world.operator.change(1, { status: "closed" });
      await stage.pass(1000);
      restart(stage);
      await stage.pass(8000);
    },
    without: plantedFaults["only active events are rebuilt"],
  },
  {
    number: 19,
    title: "a pause is accepted while a rebuild is about to write what it read before",
    async play(stage) {
      restart(stage);
      const open = stage.hold({ what: "open" }, "request");
      await stage.until(open.arrived);
      stage.world.operator.change(1, { status: "paused" });
      await stage.pass(100);
      open.release();
      await stage.until(() => isOpen(stage));
      await stage.pass(300);
      await stage.hear("claim", "u0");
    },
    without: together(repliesAreBelieved, {
      gateRules: { newerSettingsOnly: false, configureNeedsOpen: false },
    }),
  },
  {
    number: 24,
    title: "the first opening pauses, and goes on when the event has had a gate and lost it",
    fromTheStart: true,
    settings: { guardians: 2 },
    async play(stage) {
      const set = stage.at({ what: "setOpenedEpoch" }, () => {
        const opener = stage.world.lines.at(-1)?.includes("guardian-0") ? 0 : 1;
        guardian(stage, opener).pause(LONG_MS, false);
      });
      await stage.until(set.arrived);
      await stage.until(() => isOpen(stage));
      await stage.pass(300);
      reader(stage).pause(LONG_MS, false);
      await stage.hear("claim", "u0");
      stage.world.redis.flushAll();
      for (const process of stage.world.guardians) process.heal();
      await stage.pass(2000);
      await stage.hear("claim", "u1");
    },
    without: plantedFaults["a gate that is missing is opened as for the first time"],
  },
];
