/** `npm run stack`: the local Redis, Kafka and MySQL alone, in the background. */
import { entry, refuseUnknown } from "./entry.mjs";
import { UsageError } from "./failure.mjs";
import { addressesInUse, isUp, killInstance, openInstance, stopServices } from "./instance.mjs";
import { instanceDir } from "./paths.mjs";
import { say } from "./progress.mjs";
import { SERVICES, serviceNames } from "./services/index.mjs";
import { listenForStop } from "./shutdown.mjs";
import { runningOwner } from "./state.mjs";

const INSTANCE = "main";
const COMMANDS = ["stop", "env", "status", "--help"];
const HELP = `npm run stack               start Redis, Kafka and MySQL in the background, and keep them
npm run stack -- stop       end them; their data stays
npm run stack -- env        print their addresses, as variables
npm run stack -- status     print what runs; exit code 1 when something does not
npm run stack -- --help     this text

REDIS_URL, KAFKA_BROKERS or DATABASE_URL in the environment: that address is used and nothing is started for it.
STACK=docker: containers (compose.yaml) instead of processes.`;

await entry(async () => {
  const args = process.argv.slice(2);
  refuseUnknown(args, COMMANDS, HELP);
  if (args.length > 1) throw new UsageError(`One word at most.\n\n${HELP}`);
  switch (args[0]) {
    case "--help":
      console.log(HELP);
      return 0;
    case "stop":
      return stop();
    case "env":
      return printAddresses();
    case "status":
      return printStatus();
    default:
      return start();
  }
});

async function start() {
  listenForStop(() => killInstance(INSTANCE));
  await openInstance({ name: INSTANCE, keep: true });
  printAddresses();
  say(`Data and logs: ${instanceDir(INSTANCE)}. They run until: npm run stack -- stop`);
  return 0;
}

async function stop() {
  const owner = runningOwner(INSTANCE);
  if (owner) {
    say(`${owner.marker} is running on these services (process ${owner.pid}): stop it first.`);
    return 1;
  }
  const stopped = await stopServices(INSTANCE);
  say(stopped.length > 0 ? `Stopped: ${stopped.join(", ")}` : "Nothing was running.");
  return 0;
}

function printAddresses() {
  const pairs = Object.entries(addressesInUse(INSTANCE)).filter(([, address]) => address);
  for (const [variable, address] of pairs) console.log(`${variable}=${address}`);
  if (pairs.length === serviceNames.length) return 0;
  say("Not everything is running; start it with: npm run stack");
  return 1;
}

function printStatus() {
  const addresses = addressesInUse(INSTANCE);
  const lines = serviceNames.map((service) => {
    const { label, variable } = SERVICES[service];
    const state = process.env[variable] ? "given" : isUp(INSTANCE, service) ? "running" : "not running";
    return `${label.padEnd(6)} ${state.padEnd(12)} ${addresses[variable]}`.trimEnd();
  });
  console.log(lines.join("\n"));
  return serviceNames.every((service) => addresses[SERVICES[service].variable]) ? 0 : 1;
}
