import { describe, expect, test } from "vitest";
import { chooseSubcommand } from "../lib/subcommands.ts";
import { UsageError } from "../lib/usage.ts";
import { readDiscard, readList, readPark, readReplay, readShow } from "./arguments.ts";

const words = (line: string) => line.split(" ").filter((word) => word !== "");
const readers = { list: readList, show: readShow, replay: readReplay, discard: readDiscard, park: readPark };
const place = "--topic coupon.request --partition 3 --offset 9223372036854775807";

test("a list shows parked records of all events, from the beginning, unless told otherwise", () => {
  expect(readList([])).toEqual({ eventId: null, state: "parked", limit: 50, afterId: 0 });
  expect(readList(words("--event 7 --state all --limit 5 --after 90"))).toEqual({
    ...{ eventId: 7, state: null, limit: 5, afterId: 90 },
  });
});

test("a replay takes some records, those of one event, or all", () => {
  expect(readReplay(words("--id 3 --id 5 --id 3"))).toEqual({ ids: [3, 5] });
  expect(readReplay(words("--event 7"))).toEqual({ eventId: 7 });
  expect(readReplay(words("--all"))).toEqual({ eventId: null });
});

test("a record is named by its place in the log to be set aside, with the reason", () => {
  expect(readPark([...words(place), "--reason", " forged, see the minutes "])).toEqual({
    origin: { topic: "coupon.request", partition: 3, offset: "9223372036854775807" },
    reason: "forged, see the minutes",
  });
});

describe("a wrong argument is refused by its name", () => {
  test.each([
    ["list --state lost", "--state"],
    ["list --limit 0", "--limit"],
    ["list --limit 1001", "--limit"],
    ["list --after x", "--after"],
    ["list --event 0", "--event"],
    ["list parked", "parked"],
    ["show", "--id"],
    ["show --id 0", "--id"],
    ["show --id 1 --id 2", "--id"],
    ["replay", "--id, --event and --all"],
    ["replay --all --event 7", "--id, --event and --all"],
    ["replay --id 1e3", "--id"],
    ["replay --all=no", "--all"],
    ["discard --yes", "--id"],
    ["discard --id 7", "--yes"],
    [`park ${place}`, "--reason"],
    ["park --topic a/b --partition 0 --offset 1 --reason x", "--topic"],
    ["park --topic a --partition -1 --offset 1 --reason x", "--partition"],
    ["park --topic a --partition 0 --offset 9223372036854775808 --reason x", "--offset"],
    ["park --topic a --partition 0 --offset=-1 --reason x", "--offset"],
    ["park --topic a --partition 0 --offset 1 --reason=", "--reason"],
  ])("%s", (line, named) => {
    const [word = "", ...args] = words(line);
    expect(() => readers[word as keyof typeof readers](args)).toThrow(UsageError);
    expect(() => readers[word as keyof typeof readers](args)).toThrow(named);
  });

  test.each([undefined, "--event", "remove", "constructor"])("the word %s", (word) => {
    const commands = { list: async () => ({ result: {} }), show: async () => ({ result: {} }) };
    expect(() => chooseSubcommand(commands, word)).toThrow(UsageError);
    expect(() => chooseSubcommand(commands, word)).toThrow("list, show");
  });
});
