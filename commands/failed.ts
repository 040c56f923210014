/** `npm run failed`: records that could not become coupons; browse them, replay them, or give them up. */
import { LIST_LIMIT, readDiscard, readList, readPark, readReplay, readShow } from "./failed/arguments.ts";
import { list, show } from "./failed/browse.ts";
import { discard } from "./failed/discard.ts";
import { park } from "./failed/park.ts";
import { withMysql } from "./failed/parts.ts";
import { replay } from "./failed/replay.ts";
import { runSubcommands } from "./lib/subcommands.ts";

const HELP = `npm run failed -- list [--event <id>] [--state parked|replayed|discarded|all] [--limit <n>] [--after <id>]
npm run failed -- show --id <id>
npm run failed -- replay --id <id> [--id <id> …] | --event <id> | --all
npm run failed -- discard --id <id> [--id <id> …] --yes
npm run failed -- park --topic <name> --partition <n> --offset <n> --reason <text>

  list     a page of records, by default ${LIST_LIMIT} parked ones; --after takes the last id of the page before
  show     one record with its bytes, and the coupons that stand where it wanted to be
  replay   tries to issue parked records again. Safe to repeat. The worker does this by itself, too: 30 s after the
           first attempt, then less and less often
  discard  gives parked records up for ever, with every copy of their seats, and rebuilds the gates, so that the
           seats come back. Their holders may have been told that they won
  park     sets aside a record at which its partition stops (forged, or of a program that will never come), so that
           the worker goes on behind it. It cannot be used on a record that can be judged

Prints one line of JSON, and a table on stderr. Exit code 0; 1 when it failed, or a record still has no coupon
(replay) or seat parked (discard); 2 for wrong arguments.`;

await runSubcommands({
  help: HELP,
  commands: {
    list: (args) => {
      const wish = readList(args);
      return withMysql((mysql) => list(mysql, wish));
    },
    show: (args) => {
      const id = readShow(args);
      return withMysql((mysql) => show(mysql, id));
    },
    replay: (args) => {
      const wish = readReplay(args);
      return withMysql((mysql) => replay(mysql, wish));
    },
    discard: (args) => {
      const ids = readDiscard(args);
      return withMysql((mysql) => discard(mysql, ids));
    },
    park: (args) => {
      const wish = readPark(args);
      return withMysql((mysql) => park(mysql, wish));
    },
  },
});
