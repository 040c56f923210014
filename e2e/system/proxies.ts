/** The proxies of one world: one between each process and each service that a test breaks on the way. */
import { freePort } from "../../stack/ports.mjs";
import { openProxy, type ServiceProxy } from "./proxy/proxy.ts";
import { wires } from "./proxy/wire.ts";
import type { KafkaListener, ServiceName } from "./services.ts";

type Addresses = { REDIS_URL: string; KAFKA_BROKERS: string; DATABASE_URL: string };
/** The guardian's, which the worker alone has. */
type Further = { GUARDIAN_DATABASE_URL?: string };

export type Proxies = {
  /** @throws when there is none between these two */
  between(process: string, service: ServiceName): ServiceProxy;
  kafkaListeners: KafkaListener[];
  /** Leads all of them to the services. */
  lead(services: Addresses): void;
  /** The addresses that this process is given. */
  addressesFor(process: string, services: Addresses & Further): Addresses & Further;
};

export async function openProxies(options: {
  processes: readonly string[];
  services: readonly ServiceName[];
  cleanUp: AsyncDisposableStack;
}): Promise<Proxies> {
  const proxies = new Map<string, ServiceProxy>();
  const kafkaListeners = new Map<string, KafkaListener>();
  for (const [index, process] of options.processes.entries()) {
    for (const service of options.services) {
      const proxy = await openProxy(wires[service]);
      options.cleanUp.defer(() => proxy.close());
      proxies.set(`${process} ${service}`, proxy);
      if (service !== "kafka") continue;
      const listener = { name: `PROXY${index}`, port: await freePort(), advertisedPort: proxy.port };
      kafkaListeners.set(process, listener);
    }
  }
  const portOf = (process: string, service: ServiceName) => proxies.get(`${process} ${service}`)?.port;

  return {
    between(process, service) {
      const proxy = proxies.get(`${process} ${service}`);
      if (!proxy) throw new Error(`this world has no proxy between ${process} and ${service}: ask for one`);
      return proxy;
    },
    kafkaListeners: [...kafkaListeners.values()],
    lead({ REDIS_URL, DATABASE_URL }) {
      for (const process of options.processes) {
        proxies.get(`${process} redis`)?.retarget(Number(new URL(REDIS_URL).port));
        proxies.get(`${process} mysql`)?.retarget(Number(new URL(DATABASE_URL).port));
        proxies.get(`${process} kafka`)?.retarget(kafkaListeners.get(process)?.port ?? 0);
      }
    },
    addressesFor(process, services) {
      const kafka = portOf(process, "kafka");
      return {
        REDIS_URL: withPort(services.REDIS_URL, portOf(process, "redis")),
        KAFKA_BROKERS: kafka === undefined ? services.KAFKA_BROKERS : `127.0.0.1:${kafka}`,
        DATABASE_URL: withPort(services.DATABASE_URL, portOf(process, "mysql")),
        ...(services.GUARDIAN_DATABASE_URL && {
          GUARDIAN_DATABASE_URL: withPort(services.GUARDIAN_DATABASE_URL, portOf(process, "mysql")),
        }),
      };
    },
  };
}

function withPort(url: string, port: number | undefined): string {
  return port === undefined ? url : Object.assign(new URL(url), { port: String(port) }).href;
}
