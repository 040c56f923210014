/** `next start` of the small app, as a script that can be started like every other process. */
process.argv = [
  process.execPath,
  "next",
  "start",
  "bench/next",
  "-p",
  process.env.PORT ?? "",
  "-H",
  "127.0.0.1",
];
await import("next/dist/bin/next");
