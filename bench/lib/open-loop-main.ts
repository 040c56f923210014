/** The open-loop generator as a process of its own, so that it waits for nobody and its CPU can be told apart. */
import { writeFileSync } from "node:fs";
import { type OpenLoad, openLoop } from "./open-loop.ts";

const { result, ...load } = JSON.parse(process.argv[2] ?? "") as OpenLoad & { result: string };
writeFileSync(result, JSON.stringify(await openLoop(load)));
process.exit(0);
