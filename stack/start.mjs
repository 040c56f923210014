/** `npm start` and `npm run dev`: everything on this machine, from npm packages to the running product. */
import { join } from "node:path";
import { bootstrap } from "./bootstrap.mjs";
import { buildPages, isBuilt } from "./build.mjs";
import { entry, refuseUnknown } from "./entry.mjs";
import { claimInstance, closeInstance, isUp, killInstance, openInstance } from "./instance.mjs";
import { nativeServices } from "./native.mjs";
import { instanceDir, ROOT, STACK_DIR } from "./paths.mjs";
import { productProcess } from "./product.mjs";
import { say, step } from "./progress.mjs";
import { giveAccounts } from "./rights/product-accounts.mjs";
import { run } from "./run.mjs";
import { serviceNames } from "./services/index.mjs";
import { envForCommands, productEnv, refuseTakenPorts, refuseWrongPorts } from "./settings.mjs";
import { listenForStop, untilAskedToStop } from "./shutdown.mjs";
import { readState, updateState } from "./state.mjs";
import { watch } from "./watch.mjs";

const INSTANCE = "main";
const LOGS = join(instanceDir(INSTANCE), "logs");
const HELP = `npm start              set up everything on this machine and run Sunchak; Ctrl-C stops it
npm start -- --dev     the same, with pages compiled on request and the logs on the terminal (npm run dev)
npm start -- --help    this text

Settings come from the environment; .env.example lists them. Data is kept in .stack/main.`;

/** @typedef {import("./product.mjs").ProductProcess} ProductProcess */

await entry(async () => {
  const args = process.argv.slice(2);
  refuseUnknown(args, ["--dev", "--help"], HELP);
  if (args.includes("--help")) {
    console.log(HELP);
    return 0;
  }
  refuseWrongPorts(process.env);
  const codeOfNewNode = await bootstrap();
  return codeOfNewNode ?? start({ dev: args.includes("--dev") });
});

/**
 * @param {{ dev: boolean }} options
 * @returns {Promise<number>} 0 after a stop that was asked for
 */
async function start({ dev }) {
  listenForStop(() => killInstance(INSTANCE));
  await claimInstance(INSTANCE, "stack/start.mjs");
  /** @type {ProductProcess[]} in the order in which they end */
  const processes = [];
  /** @type {ReturnType<typeof watch>[]} */
  const watches = [];
  try {
    await refuseTakenPorts();
    const addresses = await openInstance({ name: INSTANCE });
    watches.push(watch(nativeServices(INSTANCE)));
    const env = await productEnv({ addresses, dev });
    const log = join(STACK_DIR, "logs", "set-up.log");
    await step("Tables: migrating", () =>
      run("node", [join(ROOT, "commands/migrate.ts")], { cwd: ROOT, env, log }),
    );
    if (!dev && !isBuilt(env.NEXT_DIST_DIR ?? ".next")) {
      await step("Pages: next build", () => buildPages({ distDir: env.NEXT_DIST_DIR ?? ".next", log }));
    }
    const accounts = await step("Accounts: giving web and worker their rights", () =>
      giveAccounts(INSTANCE, env),
    );
    await startProduct({ env, accounts, dev, processes });
    watches.push(watch(processes));
    await announce(env, dev);
    const failure = await Promise.race([untilAskedToStop(), ...watches.map(({ gaveUp }) => gaveUp)]);
    if (failure) throw failure;
    return 0;
  } finally {
    await Promise.all(watches.map(({ stop }) => stop()));
    for (const one of processes) await step(`Stopping ${one.label}`, one.stop);
    await leave();
  }
}

/** Gives the instance up, and says what becomes of the services; of none, when none was started. */
async function leave() {
  const running = serviceNames.some((service) => isUp(INSTANCE, service));
  const { keep } = readState(INSTANCE);
  if (running && !keep) return step("Stopping the services", () => closeInstance(INSTANCE));
  await closeInstance(INSTANCE);
  if (running)
    say("The services are left running, as `npm run stack` asked; end them with: npm run stack -- stop");
}

/**
 * @param {object} options
 * @param {import("./settings.mjs").ProductEnv} options.env
 * @param {import("./rights/account-env.mjs").AccountEnv} options.accounts
 * @param {boolean} options.dev
 * @param {ProductProcess[]} options.processes filled before the first one starts, so that a failure half-way ends those
 *   that run
 */
async function startProduct({ env, accounts, dev, processes }) {
  /** @type {Map<string, import("./processes.mjs").ProcessRecord>} */
  const records = new Map();
  const readyUrl = (/** @type {string | undefined} */ port) => `http://127.0.0.1:${port}/readyz`;
  const parts = [
    { label: "web", script: "server/main.ts", account: accounts.web, readyUrl: readyUrl(env.PORT) },
    {
      label: "worker",
      script: "worker/main.ts",
      account: accounts.worker,
      readyUrl: readyUrl(env.WORKER_PORT),
    },
  ];
  for (const { account, ...part } of parts) {
    const logFile = dev ? null : join(LOGS, `${part.label}.log`);
    const onSpawn = (/** @type {import("./processes.mjs").ProcessRecord} */ record) => {
      records.set(part.label, record);
      updateState(INSTANCE, { processes: [...records.values()] });
    };
    processes.push(productProcess({ ...part, env: { ...env, ...account }, logFile, onSpawn }));
  }
  await Promise.all(processes.map(({ label, start }) => step(`${label}: starting`, start)));
  updateState(INSTANCE, { env: envForCommands(env) });
}

/**
 * @param {Record<string, string>} env
 * @param {boolean} dev
 */
async function announce(env, dev) {
  const page = env.PUBLIC_URL ?? `http://127.0.0.1:${env.PORT}`;
  const logs = dev ? "web and worker: here" : `web and worker: ${LOGS}`;
  const event = await openEvent(`http://127.0.0.1:${env.PORT}`);
  console.log(`
Sunchak is running.

  Pages      ${page}
             sign in there as anyone you like; "demo" owns coupons already
  A crowd    npm run rush -- --event ${event} --users 1000
  An event   npm run event:create -- --name "First come" --limit 100
  Metrics    http://127.0.0.1:${env.METRICS_PORT}/metrics (web), http://127.0.0.1:${env.WORKER_PORT}/metrics (worker)
  Logs       ${logs}; services: ${instanceDir(INSTANCE)}/{redis,kafka,mysql}/*.log

Ctrl-C stops everything.`);
}

/**
 * The id of an event that is open now, to make the printed command one that works; "N" when there is none.
 * @param {string} base
 */
async function openEvent(base) {
  try {
    const response = await fetch(`${base}/api/trpc/event.list`, { signal: AbortSignal.timeout(3000) });
    const { items } = (await response.json()).result.data;
    return items.find((/** @type {{ state: string }} */ item) => item.state === "open")?.id ?? "N";
  } catch {
    return "N";
  }
}
