/** One entry of the table of states: what a person can see, and how it is reached. */
import type { Page } from "@playwright/test";
import type { Stage } from "./stage.ts";

export type Language = "ko" | "en";

/** A browser's page that has not been anywhere yet, of a user nobody else uses. */
export type Scene = { page: Page; stage: Stage; user: string };

export type State = {
  /** unique; also the name of its screenshots */
  name: string;
  /** Goes there from a fresh page. */
  reach: (scene: Scene) => Promise<void>;
  /** words that are there when the state is, and in no state on the way to it */
  sees: Record<Language, string | RegExp>;
  /** what the product does not do by itself on demand and is therefore changed on the way to the browser */
  changed?: string;
  /** The browser writes an error to its console: the state is that of a program's fault. */
  noisy?: true;
};

/** Names of what is pressed, in both languages. */
export const PRESS = {
  claim: /^(쿠폰 받기|Get coupon)$/,
  use: /^(사용하기|Use)$/,
  confirmUse: /^(사용 확정|Yes, use it)$/,
  copy: /^(코드 복사|Copy code)$/,
  more: /^(더 보기|Show more)$/,
  signIn: /^(로그인하기|Sign in)$/,
  allEvents: /^(모든 이벤트|All events)$/,
} as const;

export function press(page: Page, what: keyof typeof PRESS): Promise<void> {
  return page.getByRole("button", { name: PRESS[what] }).first().click();
}
