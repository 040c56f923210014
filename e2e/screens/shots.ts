/** Which pictures there are of each state, and where they are kept. */
import { join } from "node:path";
import { ROOT } from "../../stack/paths.mjs";
import type { Language } from "../pages/states/state.ts";

/** Ignored by git. */
export const SCREENS_DIR = join(ROOT, ".screens");

export const LANGUAGES: readonly Language[] = ["ko", "en"];
export const SCHEMES = ["light", "dark"] as const;

export const SCREENS = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 800 },
} as const;

export const SCREEN_NAMES = ["phone", "desktop"] as const satisfies (keyof typeof SCREENS)[];

type Shot = {
  state: string;
  screen: keyof typeof SCREENS;
  language: Language;
  scheme: "light" | "dark";
};

export function fileOf({ state, screen, language, scheme }: Shot): string {
  return `${state}.${screen}.${language}.${scheme}.png`;
}
