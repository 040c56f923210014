/** What the memory of event pages tells about itself; metrics.ts makes numbers of it. */

export type PageObserver = {
  /** a page was answered from memory, and was this old */
  answered(ageMs: number): void;
  made(making: PageMaking): void;
};

export type PageMaking = {
  ms: number;
  /** `passed_on`: only to those who waited, because Next could not say what was asked */
  result: "kept" | "passed_on" | "failed";
  /** of one that failed */
  error?: unknown;
};
