/** Planted faults: rules of the protocol taken away, one by one, to see that the simulation would notice. */
import type { ThemeName } from "../chaos.ts";
import type { PlantedFault } from "../world.ts";
import { bookFaults } from "./book-faults.ts";
import { gateFaults } from "./gate-faults.ts";
import { guardianFaults } from "./guardian-faults.ts";
import { issueFaults } from "./issue-faults.ts";
import { parkedFaults } from "./parked-faults.ts";
import { webFaults } from "./web-faults.ts";

/** Where a second rule covers a fault, both are taken away; the comment beside it says so. */
export const plantedFaults = {
  ...webFaults,
  ...gateFaults,
  ...guardianFaults,
  ...issueFaults,
  ...parkedFaults,
  ...bookFaults,
} satisfies Record<string, PlantedFault>;

export type PlantedName = keyof typeof plantedFaults;

/** The theme in whose histories each fault shows soonest. */
export const huntedIn: Record<PlantedName, ThemeName> = {
  "a seat is given back after a produce time-out": "a late log",
  "won before the acknowledgement": "anything",
  "won without the lease": "two masters",
  "a missing partition is taken as acknowledged": "readers",
  "a record is labelled with an epoch read later": "two masters",
  "seats are not entered in the outbox": "a forgetful Redis",
  "gate data is read past the fence": "a forgetful Redis",
  "sold out is remembered for longer than a raised limit waits": "an operator",
  "sold out is remembered without the lease": "two masters",
  "a holder is missing from the list of holders": "anything",
  "a script is loaded on NOSCRIPT": "a late log",
  "no replid check": "a forgetful Redis",
  "the gate opens and serves without the count check": "a forgetful Redis",
  "configure creates meta": "an operator",
  "settings are applied though they are older": "an operator",
  "survivors of a rebuild are not pending": "a forgetful Redis",
  "an overtaken guardian goes on building": "a forgetful Redis",
  "the outbox is not counted": "a forgetful Redis",
  "a seat from the future is not swept": "wrong clocks",
  "no drain": "guardians",
  "markers before the lease has ended": "two masters",
  "rows are read before the drain": "two masters",
  "parked seats are ignored": "refused rows",
  "a gate that is missing is opened as for the first time": "a late log",
  "only active events are rebuilt": "an operator",
  "offsets are committed first": "readers",
  "a stale record is accepted": "a late log",
  "no markers": "anything",
  "the worker remembers the gate's epoch": "two masters",
  "a discarded seat is given away without a rebuild": "refused rows",
  "the keys of an event go before its status": "the books",
  "an event is archived with a pending seat": "the books",
  "an event is archived without the gate's word that it is closed": "the books",
  "seats are compared with rows that the workers have not read yet": "readers",
};
