/** What the part about live numbers asks the process that it measures, and gets to hear. */
import { request } from "undici";

export type Usage = {
  /** of the whole process */ cpuUs: number /** by a clock that never goes back */;
  atMs: number;
};
export type Memory = { rssBytes: number; heapBytes: number };

export type Answers = {
  /** where the streams are, and how many listen */
  "/": { port: number; listeners: number };
  /** from now on the event changes at every look */
  "/changing": Record<string, never>;
  "/quiet": Record<string, never>;
  /** after a garbage collection */
  "/memory": Memory;
  "/usage": Usage;
};

export type Ask = <Q extends keyof Answers>(question: Q) => Promise<Answers[Q]>;

/** @param port the PORT of that process. It may be so busy that an answer takes a while. */
export function askAt(port: number): Ask {
  return async <Q extends keyof Answers>(question: Q) => {
    const { body } = await request(`http://127.0.0.1:${port}${question}`);
    return (await body.json()) as Answers[Q];
  };
}
