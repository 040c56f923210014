/** The crowd: users who press the button, press it again, ask what they hold and look at the page. */
import type { Random } from "./random.ts";
import type { Question, World } from "./world.ts";

/** Claims are what everything is about; the others check that nobody is told something else meanwhile. */
const questions: readonly Question[] = ["claim", "claim", "claim", "claim", "status", "view"];
const RUSH_MS = 8;
const RUSH_MAX = 6;

type Times = {
  fromMs: number;
  untilMs: number;
  /** when something goes wrong: it should do so among people */
  troubleMs: readonly number[];
};

/** People come together: a rush is a few of them at one web process within milliseconds. */
export function scheduleCrowd(
  world: World,
  random: Random,
  call: Times & { users: number; rushes: number },
): void {
  for (let rush = 0; rush < call.rushes; rush += 1) {
    const atMs = rushTime(random, call);
    const web = random.pick(world.webs);
    const people = random.between(1, RUSH_MAX);
    for (let person = 0; person < people; person += 1) {
      const userId = `u${random.between(1, call.users)}`;
      const question = random.pick(questions);
      const draw = random.fork();
      world.later(atMs + random.between(0, RUSH_MS), () => {
        const eventId = draw.pick([...world.database.tables.events.keys()]);
        web.ask(question, { eventId, userId });
      });
    }
  }
}

/** Around some trouble, or when its consequences come to light, or at any time. */
function rushTime(random: Random, { fromMs, untilMs, troubleMs }: Times): number {
  const trouble = random.pick([0, ...troubleMs]);
  const afterMs = random.pick([-150, 50, 300, 700, 2500, 4500]);
  const atMs = trouble + afterMs + random.between(0, 200);
  const isWithin = atMs >= fromMs && atMs <= untilMs;
  return isWithin ? atMs : random.between(fromMs, untilMs);
}
