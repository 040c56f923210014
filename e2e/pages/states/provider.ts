/** The states of sign-in with a provider. Their page belongs to the shop of provider-shop.ts. */
import type { State } from "./state.ts";

export const PROVIDER: readonly State[] = [
  {
    name: "provider-sign-in",
    sees: { ko: "로그인 서비스로 이동해요.", en: "You will go to the sign-in service" },
    reach: ({ page }) => page.goto("/sign-in?next=/coupons").then(() => {}),
  },
  {
    name: "provider-problem",
    sees: { ko: "로그인 서비스가 응답하지 않아요.", en: "The sign-in service does not answer." },
    reach: ({ page }) => page.goto("/sign-in?next=/coupons&problem=unreachable").then(() => {}),
  },
];
