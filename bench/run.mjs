/** `npm run bench`: measures this product beside eight other ways to do the same, and audits what each of them did. */
import { bootstrap } from "../stack/bootstrap.mjs";
import { entry } from "../stack/entry.mjs";
import { HELP, readArguments } from "./arguments.mjs";

await entry(async () => {
  const args = readArguments(process.argv.slice(2));
  if (args === "help") {
    console.log(HELP);
    return 0;
  }
  const codeOfNewNode = await bootstrap();
  if (codeOfNewNode !== null) return codeOfNewNode;
  // From here on Node reads TypeScript.
  const { bench } = await import("./bench.ts");
  return bench(args);
});
