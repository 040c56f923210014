/** `failed discard`: parked records are given up, and the rebuild that follows gives their seats back. */
import { copiesOf, discardRecord, type namedSeat } from "#server/coupon/discard";
import { commandEnv } from "#server/env";
import type { Mysql } from "#server/mysql/connect";
import { mysqlEvents } from "#server/mysql/events";
import { mysqlFailedStore } from "#server/mysql/failed-records";
import { connectGate } from "../lib/gate-parts.ts";
import { CommandError } from "../lib/run-command.ts";
import type { Outcome } from "./parts.ts";

type NamedSeat = NonNullable<ReturnType<typeof namedSeat>>;

/** Falls short when a record was not parked, or when its seat is parked again by a copy that stood in the log. */
export async function discard({ db }: Mysql, ids: readonly number[]): Promise<Outcome> {
  const store = mysqlFailedStore({ db });
  const discarded = new Set<number>();
  const notParked: { id: number; state: string }[] = [];
  const seats: NamedSeat[] = [];
  for (const id of ids) {
    if (discarded.has(id)) continue;
    const outcome = await discardRecord(store, id);
    if (outcome.status === "unknown") notParked.push({ id, state: "unknown" });
    else if (outcome.status === "not_parked") notParked.push({ id, state: outcome.state });
    else {
      for (const copy of outcome.ids) discarded.add(copy);
      if (outcome.seat) seats.push(outcome.seat);
    }
  }
  const held = await seatsOfGates({ db }, seats);
  const epoch = held.length > 0 ? await giveBack([...discarded]) : null;
  const parkedAgain: number[] = [];
  for (const seat of held) parkedAgain.push(...(await copiesOf(store, seat)));
  if (parkedAgain.length > 0)
    console.error("Copies of these records came behind them and are parked now: discard those as well.");
  return {
    result: { discarded: [...discarded], notParked, seats: seats.map(presentSeat), epoch, parkedAgain },
    fallsShort: notParked.length > 0 || parkedAgain.length > 0,
  };
}

/** The seats of events that have a gate: there is nothing to give back in others. */
async function seatsOfGates({ db }: Pick<Mysql, "db">, seats: readonly NamedSeat[]): Promise<NamedSeat[]> {
  if (seats.length === 0) return [];
  const live = await mysqlEvents({ db }).liveEvents();
  const opened = new Set(live.filter(({ openedEpoch }) => openedEpoch !== null).map(({ id }) => id));
  return seats.filter(({ eventId }) => opened.has(eventId));
}

/** @returns the epoch of the rebuild. @throws CommandError when it could not be finished; the records stay discarded */
async function giveBack(ids: readonly number[]): Promise<number> {
  const gate = connectGate(commandEnv());
  try {
    await gate.gateNowMs();
    const { epoch } = await gate.rebuildNow(`records ${ids.join(", ")} were discarded`.slice(0, 200));
    return epoch;
  } catch (error) {
    throw new CommandError(
      `The records are discarded, but the rebuild that gives their seats back was not finished (${(error as Error).message}). ` +
        "The next one will do: with a worker running, npm run gate -- rebuild.",
    );
  } finally {
    await gate.close();
  }
}

function presentSeat({ eventId, userId, rank }: NamedSeat) {
  return { event: eventId, user: userId, rank };
}
