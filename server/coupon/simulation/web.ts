/** A web process: the core's claim and reading sides, composed as the real root composes them. */
import { type Claims, createClaims } from "../claim.ts";
import { createDirectory } from "../directory.ts";
import { createGateReadings } from "../gate-readings.ts";
import { createHandOff } from "../hand-off.ts";
import { createLease } from "../lease.ts";
import { createEventViews, type EventViews } from "../list.ts";
import { silentReporter } from "../model/silent-reporter.ts";
import { createSeatingDesk } from "../seating.ts";
import { createSoldOutMemory } from "../sold-out.ts";
import { portsOf } from "./ports.ts";
import type { Life } from "./process.ts";
import { shown } from "./trace.ts";
import type { Question, Web, World } from "./world.ts";

type Services = { claims: Claims; views: EventViews; life: Life };

const DIRECTORY_EVERY_MS = 1000;

export function startWeb(world: World, name: string): Web {
  const { book, trace, scheduler, database } = world;
  let services: Services;
  let requests = 0;
  /** per event and user, how often this process was asked for a seat */
  const claimsAsked = new Map<string, number>();

  const process = world.startProcess(name, (life) => {
    services = compose(world, life);
  });

  async function answer({ claims, views }: Services, question: Question, call: Asked): Promise<void> {
    const { eventId, userId } = call;
    const web = name;
    switch (question) {
      case "claim": {
        requests += 1;
        const claim = { eventId, userId, requestId: `${name}-${requests}` };
        return book.told({ ...call, web, question, answer: await claims.claim(claim) });
      }
      case "status":
        return book.told({ ...call, web, question, answer: await claims.status({ eventId, userId }) });
      case "view": {
        const { state } = await views.get(eventId);
        trace(web, () => `shows event ${eventId} as ${state}`);
        if (state === "sold_out") book.shownSoldOut({ eventId, sinceMs: call.sinceMs });
      }
    }
  }

  return {
    process,
    ask(question, { eventId, userId }) {
      trace(userId, () => `asks ${name}: ${question} of event ${eventId}`);
      if (!process.isUp()) return;
      const asked = services;
      asked.life.deliver(() => {
        const number = (claimsAsked.get(`${eventId}|${userId}`) ?? 0) + (question === "claim" ? 1 : 0);
        claimsAsked.set(`${eventId}|${userId}`, number);
        const hadRow = database.tables.coupons.byUser(eventId, userId) !== undefined;
        const isLatest = () => claimsAsked.get(`${eventId}|${userId}`) === number;
        const call = { eventId, userId, sinceMs: scheduler.nowMs(), hadRow, isLatest };
        const known = database.tables.events.has(eventId);
        answer(asked, question, call).catch((error: unknown) => {
          trace(name, () => `throws ${shown(error)}`);
          // A page may fail to load; a claim always gets an answer.
          if (known && question !== "view")
            book.fail("G7", `${name} answers ${shown(error)} for an event that exists`);
        });
      });
    },
  };
}

type Asked = { eventId: number; userId: string; sinceMs: number; hadRow: boolean; isLatest: () => boolean };

function compose(world: World, life: Life): Services {
  const ports = portsOf(world, life);
  const { planted, settings } = world;
  const { gate, log, rows, events, epochs, clock } = ports;
  const reporter = silentReporter;
  const plainLease = createLease({ epochs, clock, leaseMs: settings.leaseMs });
  const lease = planted.lease?.(plainLease, ports) ?? plainLease;
  const directory = createDirectory({ source: events });
  const readings = createGateReadings({ gate, lease, clock, reporter });
  const handOff = createHandOff({ log, gate, lease, reporter });
  const desk = createSeatingDesk({ gate, rows, lease, reporter });
  const memory = { gate, lease, clock, reporter };
  const soldOut = createSoldOutMemory({ ...memory, ...planted.soldOut?.(memory) });
  const claims = createClaims({ directory, desk, handOff, readings, soldOut, rows, lease, clock, reporter });
  life.forever(Math.min(1000, settings.leaseMs / 5), () => lease.refresh());
  life.forever(DIRECTORY_EVERY_MS, () => directory.refresh());
  return { claims, views: createEventViews({ directory, readings }), life };
}
