/**
 * A process that can crash, pause and lose the time. What runs in it belongs to one of its lives: after a crash
 * nothing of the old life goes on, although what it has sent still arrives.
 */
import type { Clock } from "../ports.ts";
import type { Random } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Trace } from "./trace.ts";

export type ServiceName = "redis" | "log" | "mysql";

export type Life = {
  readonly process: Process;
  readonly clock: Clock;
  hasEnded(): boolean;
  /** Goes on in this life: at once, after the pause, or never when the life has ended. */
  deliver(run: () => void): void;
  /** Runs the task, and again `everyMs` after each run has ended, for as long as the life lasts. */
  forever(everyMs: number, task: () => Promise<unknown>): void;
};

export type Process = {
  readonly name: string;
  isRunning(): boolean;
  isUp(): boolean;
  /** Services that this process cannot reach. */
  readonly cutFrom: Set<ServiceName>;
  crash(downMs: number): void;
  /** @param clockStands whether the monotonic clock stands still meanwhile, as in a machine that sleeps */
  pause(ms: number, clockStands: boolean): void;
  shiftWall(ms: number): void;
  /** What happens whenever a life ends. */
  onCrash(listener: () => void): void;
  /** Up, running, connected. */
  heal(): void;
};

export function startProcess(options: {
  name: string;
  scheduler: Scheduler;
  random: Random;
  trace: Trace;
  wallStartMs: number;
  main: (life: Life) => void;
}): Process {
  const { name, scheduler, random, trace, main } = options;
  const crashListeners: (() => void)[] = [];
  let lives = 0;
  let up = false;
  let paused = false;
  let pauses = 0;
  let backlog: (() => void)[] = [];
  let monotonicLostMs = 0;
  let wallOffsetMs = options.wallStartMs;
  let current: Life;

  function begin(): void {
    lives += 1;
    up = true;
    current = newLife(lives);
    main(current);
  }

  function newLife(number: number): Life {
    const deliver = (run: () => void) => {
      if (number !== lives || !up) return;
      if (paused) backlog.push(run);
      else run();
    };
    const life: Life = {
      process,
      hasEnded: () => number !== lives || !up,
      deliver,
      clock: {
        monotonicMs: () => scheduler.nowMs() - monotonicLostMs,
        wallMs: () => scheduler.nowMs() + wallOffsetMs,
        sleep: (ms, signal) =>
          new Promise((resolve) => {
            if (signal?.aborted) return resolve();
            signal?.addEventListener("abort", () => resolve(), { once: true });
            scheduler.after(ms, () => deliver(resolve));
          }),
      },
      forever(everyMs, task) {
        void (async () => {
          for (;;) {
            await task().catch(() => {});
            await life.clock.sleep(everyMs);
          }
        })();
      },
    };
    return life;
  }

  function resume(number: number): void {
    if (!paused || number !== pauses) return;
    paused = false;
    trace(name, () => "goes on");
    // What came in meanwhile is met in any order: timers and sockets know nothing of each other.
    const waiting = random.shuffled(backlog);
    backlog = [];
    const { deliver } = current;
    for (const run of waiting) scheduler.after(0, () => deliver(run));
  }

  function restart(): void {
    if (up) return;
    trace(name, () => "starts");
    begin();
  }

  const process: Process = {
    name,
    cutFrom: new Set(),
    isUp: () => up,
    isRunning: () => up && !paused,
    onCrash: (listener) => crashListeners.push(listener),
    crash(downMs) {
      if (!up) return;
      trace(name, () => "crashes");
      up = false;
      paused = false;
      backlog = [];
      for (const listener of crashListeners) listener();
      scheduler.after(downMs, restart);
    },
    pause(ms, clockStands) {
      if (!up || paused) return;
      trace(name, () => `pauses for ${ms} ms${clockStands ? ", its clock as well" : ""}`);
      paused = true;
      pauses += 1;
      const number = pauses;
      scheduler.after(ms, () => {
        if (clockStands && number === pauses && paused) monotonicLostMs += ms;
        resume(number);
      });
    },
    shiftWall(ms) {
      trace(name, () => `its wall clock jumps by ${ms} ms`);
      wallOffsetMs += ms;
    },
    heal() {
      process.cutFrom.clear();
      restart();
      resume(pauses);
    },
  };
  begin();
  return process;
}
