/** Writes .screens/index.html: all pictures on one sheet, one row for each state. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { STATES } from "../pages/states/all.ts";
import { PROVIDER } from "../pages/states/provider.ts";
import { fileOf, LANGUAGES, SCHEMES, SCREEN_NAMES, SCREENS_DIR } from "./shots.ts";

const STYLE = `
  body { margin: 2rem; background: #777; font: 16px/1.5 sans-serif; color: #fff }
  div { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: start }
  img { height: 22rem }`;

export default function writeSheet(): void {
  if (!existsSync(SCREENS_DIR)) return;
  const rows = [...STATES, ...PROVIDER].map(
    ({ name, changed }) => `<h2>${name}</h2><p>${changed ?? ""}</p><div>${pictures(name)}</div>`,
  );
  writeFileSync(
    join(SCREENS_DIR, "index.html"),
    `<!doctype html><meta charset="utf-8"><title>Every state</title><style>${STYLE}</style>${rows.join("\n")}`,
  );
}

function pictures(state: string): string {
  const shots = LANGUAGES.flatMap((language) =>
    SCREEN_NAMES.flatMap((screen) => SCHEMES.map((scheme) => ({ state, screen, language, scheme }))),
  );
  return shots
    .map((shot) => fileOf(shot))
    .map((file) => `<a href="${file}"><img loading="lazy" src="${file}" alt="${file}"></a>`)
    .join("");
}
