/** The histories that broke earlier drafts of the protocol, told again: each holds, and fails without its rule. */
import { describe, expect, it } from "vitest";
import { openStage, setStage } from "./stage.ts";
import { bookHistories } from "./traces/books.ts";
import { claimHistories } from "./traces/claims.ts";
import { foundHistories } from "./traces/found.ts";
import { operatorHistories } from "./traces/operators.ts";
import { parkedHistories } from "./traces/parked.ts";
import { rebuildHistories } from "./traces/rebuilds.ts";
import type { ToldHistory } from "./traces/told.ts";
import { workerHistories } from "./traces/workers.ts";
import type { PlantedFault } from "./world.ts";

const histories = [
  ...claimHistories,
  ...rebuildHistories,
  ...workerHistories,
  ...operatorHistories,
  ...foundHistories,
  ...parkedHistories,
  ...bookHistories,
].sort((a, b) => a.number - b.number);

async function play(history: ToldHistory, planted: PlantedFault = {}) {
  const open = history.fromTheStart ? setStage : openStage;
  const stage = await open({ ...history.settings, planted });
  await history.play(stage);
  return { broken: await stage.end(), trace: stage.world.lines.join("\n") };
}

it("tells all of them", () => {
  expect(histories.map(({ number }) => number)).toEqual(Array.from({ length: 37 }, (_, index) => index + 1));
});

describe.each(histories)("history $number: $title", (history) => {
  it("holds", async () => {
    const { broken, trace } = await play(history, history.among);
    expect(broken, trace).toBeNull();
  });

  it("breaks a promise when its rule is taken away", async () => {
    const { broken, trace } = await play(history, history.without);
    expect(broken, trace).not.toBeNull();
  });
});
