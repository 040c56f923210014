/** What the tests of the wallet share: a coupon on its page, and the shape of its code. */
import type { Locator, Page } from "@playwright/test";

export const CODE = /[34679ACDEFGHJKMNPQRTVWXY]{4}(-[34679ACDEFGHJKMNPQRTVWXY]{4}){2}/;

export function ticket(page: Page, event: { displayName: string }): Locator {
  return page.getByRole("article", { name: event.displayName });
}
