/**
 * TLS and passwords on all three services: a claim goes all the way, and a server or an account that is not what the
 * settings say ends the process that starts, with a sentence and without the password.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mysql from "mysql2/promise";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createClient } from "../client.ts";
import { runCommand } from "../command.ts";
import type { NodeProcess } from "../node-process.ts";
import { baseEnv, createProcess } from "../processes.ts";
import { until } from "../until.ts";
import { type Authority, createAuthority } from "./certificates.ts";
import { startTlsServices, type TlsServices } from "./services.ts";

const cleanUp = new AsyncDisposableStack();
const dir = mkdtempSync(join(tmpdir(), "sunchak-tls-"));
cleanUp.defer(() => rmSync(dir, { recursive: true, force: true }));
afterAll(() => cleanUp.disposeAsync());

let services: TlsServices;
let authority: Authority;
let stranger: Authority;

beforeAll(async () => {
  authority = await createAuthority({ dir, name: "ours" });
  stranger = await createAuthority({ dir, name: "stranger" });
  const address = await authority.issue({ address: "127.0.0.1" });
  const name = await authority.issue({ name: "localhost" });
  services = await startTlsServices({
    dir,
    env: baseEnv(),
    caFile: authority.caFile,
    address,
    name,
    cleanUp,
  });
});

async function created(kind: "web" | "worker", name: string, changes: Record<string, string> = {}) {
  const env = { ...baseEnv(), ...services.accounts[kind], ...changes };
  const { process, base } = await createProcess({ name, kind, clockErrorMs: 0, dir, env });
  cleanUp.defer(() => process.stop());
  return { process, base };
}

test("a claim goes over TLS from the button to the coupon, with an account for each part", async () => {
  const [web, worker] = await Promise.all([created("web", "web"), created("worker", "worker")]);
  await Promise.all([web.process.start(), worker.process.start()]);
  const client = createClient([web.base]);
  cleanUp.defer(() => client.close());
  const event = await runCommand<{ id: number }>(
    "commands/event-create.ts",
    ["--name", "TLS", "--limit", "1"],
    {
      ...baseEnv(),
      ...services.admin,
    },
  );
  const user = await client.signIn("kim");
  expect(await user.press(event.id)).toMatchObject({ status: "won", rank: 1 });
  await until("the coupon", async () => (await user.mine())[0]?.state === "usable");
  expectNoSecrets(web.process, worker.process);
});

type Case = [what: string, kind: "web" | "worker", changes: () => Record<string, string>, sentence: string];

/** The account's URL with something else in it. */
const changed = (variable: string, kind: "web" | "worker", part: "password" | "hostname", value: string) => {
  const url = Object.assign(new URL(services.accounts[kind][variable] ?? ""), { [part]: value });
  return { [variable]: url.href };
};

const cases: Case[] = [
  [
    "a wrong password",
    "web",
    () => changed("REDIS_URL", "web", "password", "wr0ng-secret"),
    "Redis refuses this account: look at REDIS_URL",
  ],
  [
    "an unknown authority",
    "worker",
    () => ({ REDIS_CA_FILE: stranger.caFile }),
    "Redis has a certificate of an authority that is not trusted: look at REDIS_CA_FILE",
  ],
  [
    "another name",
    "web",
    () => changed("REDIS_URL", "web", "hostname", "localhost"),
    "Redis has a certificate for another name than the one in REDIS_URL",
  ],
  [
    "a wrong password",
    "web",
    () => ({ KAFKA_PASSWORD: "wr0ng-secret" }),
    "Kafka refuses this account: look at KAFKA_USERNAME and KAFKA_PASSWORD",
  ],
  [
    "a wrong password of the guardian",
    "worker",
    () => ({ GUARDIAN_KAFKA_PASSWORD: "wr0ng-secret" }),
    "Kafka refuses this account: look at KAFKA_USERNAME and KAFKA_PASSWORD",
  ],
  [
    "an unknown authority",
    "web",
    () => ({ KAFKA_CA_FILE: stranger.caFile }),
    "Kafka has a certificate of an authority that is not trusted: look at KAFKA_CA_FILE",
  ],
  [
    "another name",
    "worker",
    () => ({
      KAFKA_BROKERS: services.accounts.worker.KAFKA_BROKERS?.replace("127.0.0.1", "localhost") ?? "",
    }),
    "Kafka has a certificate for another name than the one in KAFKA_BROKERS",
  ],
  [
    "a wrong password",
    "worker",
    () => changed("DATABASE_URL", "worker", "password", "wr0ng-secret"),
    "MySQL refuses this account: look at DATABASE_URL",
  ],
  [
    "an unknown authority",
    "web",
    () => ({ DATABASE_CA_FILE: stranger.caFile }),
    "MySQL has a certificate of an authority that is not trusted: look at DATABASE_CA_FILE",
  ],
  [
    "an account of another part",
    "web",
    () => ({
      DATABASE_URL: services.accounts.worker.DATABASE_URL?.replace("sunchak-worker", "sunchak-web") ?? "",
    }),
    "MySQL refuses this account: look at DATABASE_URL",
  ],
];

for (const [what, kind, changes, sentence] of cases) {
  test(`${what} ends ${kind} with "${sentence}"`, async () => {
    const { process } = await created(kind, `${kind} ${what} ${sentence.split(" ")[0]}`, changes());
    const starting = process.start().catch(() => {});
    expect(await process.exit()).toBe(1);
    await starting;
    expect(process.log()).toContain(`"msg":"${sentence}"`);
    expectNoSecrets(process);
  });
}

test("MySQL with a certificate for another name is refused", async () => {
  const { certFile, keyFile } = await authority.issue({ name: "another.example" });
  const connection = await mysql.createConnection({ uri: services.admin.DATABASE_URL });
  await connection.query("SET GLOBAL ssl_cert = ?, GLOBAL ssl_key = ?", [certFile, keyFile]);
  await connection.query("ALTER INSTANCE RELOAD TLS");
  await connection.end();
  const { process } = await created("web", "web-another-name");
  await expect(process.start()).rejects.toThrow(
    "MySQL has a certificate for another name than the one in DATABASE_URL",
  );
  expectNoSecrets(process);
});

function expectNoSecrets(...processes: NodeProcess[]): void {
  for (const process of processes)
    for (const secret of [...services.passwords, "wr0ng-secret"])
      expect(process.log(), process.name).not.toContain(secret);
}
