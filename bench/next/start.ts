/** The use cases, put together as server/main.ts does it, and then `next start` in the same process. */
import { openProductApi } from "../lib/product-api.ts";
import { setApi } from "./api.ts";

const { env, api, start } = openProductApi();
await start();
setApi(api);

process.argv = [process.execPath, "next", "start", "bench/next", "-p", String(env.PORT), "-H", env.HOST];
await import("next/dist/bin/next");
