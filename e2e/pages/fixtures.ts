/** What every browser test has: the product's address, events made to order, users nobody else uses. */
import { randomBytes } from "node:crypto";
import {
  type BrowserContext,
  test as base,
  type ConsoleMessage,
  expect,
  type Page,
  type WebError,
} from "@playwright/test";
import { createEvent, type EventView, type Options, rebuildGate, setEvent } from "./commands.ts";

export { expect };

type Fixtures = {
  /** Runs event:create; an event that is open, of ten coupons, unless the options say otherwise. */
  createEvent: (options?: Options) => Promise<EventView>;
  /** Runs event:set for an event. */
  setEvent: typeof setEvent;
  /** Begins a new epoch of the gate; resolves when every event is open again. */
  rebuildGate: typeof rebuildGate;
  /** A user id that no other test has. */
  user: string;
  /** Signs in by a request of its own, and opens `path`: for tests that look at something else. */
  signIn: (userId: string, path: string) => Promise<void>;
  /** Signs in through the page, as a user would, and ends at `path`. */
  signInByHand: (userId: string, path: string) => Promise<void>;
  /** Creates an event, signs `user` in and opens the event's page. */
  openEvent: (options?: Options) => Promise<EventView>;
  /** Claims over HTTP until it has an answer other than pending or unavailable, as somebody else in the crowd. */
  claimElsewhere: (userId: string, eventId: number) => Promise<{ status: string; rank?: number }>;
  /** Creates an event of which `user` holds a coupon. */
  wonEvent: (options?: Options) => Promise<EventView>;
  /** The same, and signs the user in. */
  openWallet: (options?: Options, path?: string) => Promise<EventView>;
};

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
  baseURL: async ({}, use) => {
    const { BASE_URL } = process.env;
    if (!BASE_URL) throw new Error("BASE_URL is not set, and the set-up has not started a product");
    await use(BASE_URL);
  },
  context: async ({ context }, use) => {
    const expectNoProblem = watchConsole(context);
    await use(context);
    expectNoProblem();
  },
  // biome-ignore lint/correctness/noEmptyPattern: as above
  createEvent: async ({}, use) => {
    await use((options) => createEvent({ name: uniqueName("쿠폰"), limit: 10, ...options }));
  },
  // biome-ignore lint/correctness/noEmptyPattern: as above
  setEvent: async ({}, use) => {
    await use(setEvent);
  },
  // biome-ignore lint/correctness/noEmptyPattern: as above
  rebuildGate: async ({}, use) => {
    await use(rebuildGate);
  },
  // biome-ignore lint/correctness/noEmptyPattern: as above
  user: async ({}, use) => {
    await use(uniqueName("mina"));
  },
  signIn: async ({ page }, use) => {
    await use(async (userId, path) => {
      await signInOverHttp(page, userId);
      await page.goto(path);
    });
  },
  signInByHand: async ({ page }, use) => {
    await use(async (userId, path) => {
      await page.goto(`/sign-in?next=${encodeURIComponent(path)}`);
      await page.getByLabel("아이디").fill(userId);
      await page.getByRole("button", { name: "로그인하기" }).click();
      await expect(page).toHaveURL(path);
    });
  },
  openEvent: async ({ createEvent, signIn, user }, use) => {
    await use(async (options) => {
      const event = await createEvent(options);
      await signIn(user, `/events/${event.id}`);
      return event;
    });
  },
  wonEvent: async ({ createEvent, claimElsewhere, user }, use) => {
    await use(async (options) => {
      const event = await createEvent(options);
      await claimElsewhere(user, event.id);
      return event;
    });
  },
  openWallet: async ({ wonEvent, signIn, user }, use) => {
    await use(async (options, path = "/coupons") => {
      const event = await wonEvent(options);
      await signIn(user, path);
      return event;
    });
  },
  claimElsewhere: async ({ playwright, baseURL }, use) => {
    await use(async (userId, eventId) => {
      const http = await playwright.request.newContext({ baseURL: baseURL ?? "" });
      try {
        await http.post("/api/trpc/session.signIn", { data: { userId } });
        let answer: { status: string; rank?: number } = { status: "unasked" };
        await expect
          .poll(async () => {
            const response = await http.post("/api/trpc/coupon.claim", { data: { eventId } });
            answer = (await response.json()).result.data;
            return answer.status;
          })
          .not.toMatch(/pending|unavailable|unasked/);
        return answer;
      } finally {
        await http.dispose();
      }
    });
  },
});

/** Listens until the check that it returns: no page of the context has written an error to its console, or met one. */
export function watchConsole(context: BrowserContext): () => void {
  const problems: string[] = [];
  const onConsole = (message: ConsoleMessage) => {
    // A lost connection and a refused call are part of many tests; Chromium notes both.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      problems.push(`${message.text()} (${message.page()?.url()})`);
  };
  const onError = (error: WebError) => void problems.push(String(error.error()));
  context.on("console", onConsole).on("weberror", onError);
  return () => {
    context.off("console", onConsole).off("weberror", onError);
    expect(problems, "what the console said: an error, or a break of the page's own policy").toEqual([]);
  };
}

/** In the page's own browser; the page stays where it is. */
export async function signInOverHttp(page: Page, userId: string): Promise<void> {
  const answer = await page.context().request.post("/api/trpc/session.signIn", { data: { userId } });
  expect(answer.ok()).toBe(true);
}

/** The claim button, in the language of the tests. */
export function claimButton(page: Page) {
  return page.getByRole("button", { name: "쿠폰 받기", exact: true });
}

function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString("hex")}`;
}
