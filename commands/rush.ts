/** `npm run rush`: a real crowd over HTTP, and the audit of what became of it. */
import { commandEnv } from "#server/env";
import { kafkaAccess } from "#server/env/services";
import { connectKafka } from "#server/kafka/client";
import { connectCommand, silentLog } from "./lib/parts.ts";
import { CommandError, runCommand } from "./lib/run-command.ts";
import { UsageError } from "./lib/usage.ts";
import { type Api, connectApi, type RushEvent } from "./rush/api.ts";
import { readRush } from "./rush/arguments.ts";
import { audit } from "./rush/audit.ts";
import { type CrowdOptions, press, settle, signIn, waitForOpening } from "./rush/crowd.ts";
import { gatherEvidence } from "./rush/evidence.ts";
import { logSnapshot } from "./rush/log-records.ts";
import { rushResult, rushTable } from "./rush/report.ts";

const HELP = `npm run rush -- --event <id> --users <number> [options]

  --event            which event
  --users            how many people press the button, 1 to 100000
  --claims-per-user  how often each of them presses, side by side, 1 to 100 (1)
  --concurrency      connections in all, 1 to 2000 (64)
  --url              the address of the product; several --url are used in turn

Signs new users in, waits for the opening if it is at most 10 minutes away, lets everyone press, asks until all
know, and compares answers, seats in Redis, records in Kafka and rows in MySQL. Prints one line of JSON: claims
are presses; won, soldOut, pending, unavailable and other count people; seats, records and rows are theirs.
Exit code 0 for a clean audit; 1 when there are problems or it failed; 2 for wrong arguments.`;

await runCommand({ help: HELP, run });

async function run(args: string[]) {
  const options = readRush(args);
  const env = commandEnv();
  const bases = options.urls.length > 0 ? options.urls : [env.PUBLIC_URL ?? `http://127.0.0.1:${env.PORT}`];
  const parts = connectCommand(env);
  const kafka = connectKafka({ ...kafkaAccess(env), clientId: "sunchak-rush", log: silentLog });
  const api = connectApi({ bases, concurrency: options.concurrency });
  try {
    await parts.gateNowMs();
    return await rush({ parts, kafka, crowd: { ...options, api, clock: parts.clock } });
  } finally {
    await Promise.all([api.close(), kafka.close(), parts.close()]);
  }
}

async function rush(tools: {
  parts: ReturnType<typeof connectCommand>;
  kafka: ReturnType<typeof connectKafka>;
  crowd: CrowdOptions;
}) {
  const { parts, kafka, crowd } = tools;
  const { eventId: event, api, clock } = crowd;
  const { displayName, issueLimit } = await findEvent(api, event);
  console.error(`${displayName}: ${issueLimit} coupons`);
  const people = await signIn(crowd);
  const logBefore = await logSnapshot(kafka, (await parts.lease.refresh()).topic);
  // Asked again: signing in took a while.
  await waitForOpening(clock, await findEvent(api, event));

  const presses = await press(crowd, people);
  await settle(crowd, people);
  const evidence = await gatherEvidence({ parts, kafka, eventId: event, people, logBefore });
  const result = rushResult({ event, presses, evidence, problems: audit(evidence) });
  console.error(rushTable(result));
  return { result, fallsShort: result.problems.length > 0 };
}

async function findEvent(api: Api, id: number): Promise<RushEvent> {
  try {
    return await api.event(id);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (reason === "NOT_FOUND") throw new UsageError(`there is no event ${id}`);
    throw new CommandError(
      `the product does not answer (${reason}): start it with \`npm start\`, or give --url`,
    );
  }
}
