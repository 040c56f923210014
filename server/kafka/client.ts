/** The way to Kafka: kafkajs with time-outs that suit a user who waits, repaired, and cured of Nagle. */
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type Admin, type ISocketFactoryArgs, Kafka, Partitioners, type SASLOptions } from "kafkajs";
import type { Reporter } from "#server/coupon/ports";
import { lazyAdmin, type WithAdmin } from "./admin.ts";
import { bridgeLog, DRIVER_LOG_LEVEL } from "./driver-log.ts";
import { repairDriver } from "./driver-repairs.ts";
import { boundedSender, type Sender } from "./sender.ts";

export type Log = Pick<Reporter, "info" | "warn">;

export type KafkaConnection = {
  /** A client of its own for each consumer: those of one client share what kafkajs remembers of committed offsets. */
  newClient(): Kafka;
  sender: Sender;
  withAdmin: WithAdmin;
  close(): Promise<void>;
};

const CONNECTION_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 1_500;
/** The default would hold one send for minutes. */
export const SHORT_RETRY = { retries: 2, initialRetryTime: 50, maxRetryTime: 500 };
const KEEP_ALIVE_MS = 60_000;

/**
 * Connects in the background and again whenever it has to; Kafka may be down when this is called.
 * @param options.sendDeadlineMs how long one append may take before its outcome counts as unknown
 * @param options.tls the authorities to trust, in PEM, or those that Node knows; without `tls` nothing is encrypted
 */
export function connectKafka(options: {
  brokers: string[];
  tls?: { ca?: string };
  sasl?: SASLOptions;
  clientId: string;
  log: Log;
  sendDeadlineMs?: number;
}): KafkaConnection {
  const { brokers, tls, sasl, clientId, log, sendDeadlineMs = 2_000 } = options;
  repairDriver();
  const newClient = () =>
    new Kafka({
      brokers,
      ...(tls && { ssl: tls }),
      ...(sasl && { sasl }),
      clientId,
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      retry: SHORT_RETRY,
      socketFactory: openSocket,
      logLevel: DRIVER_LOG_LEVEL,
      logCreator: bridgeLog(log),
    });
  const client = newClient();
  const producer = client.producer({
    // Never asked, since every message names its partition; but kafkajs warns when it is not chosen.
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
    // An idempotent producer of kafkajs can lose an acknowledged message: after a time-out its sequence number is
    // used again. Duplicates are the database's job.
    idempotent: false,
  });
  const sender = boundedSender({ producer, log, deadlineMs: sendDeadlineMs });
  void sender.connect();
  const admin = lazyAdmin((): Admin => client.admin());
  return {
    newClient,
    sender,
    withAdmin: admin.withAdmin,
    async close() {
      await Promise.all([sender.close(), admin.close()]);
    },
  };
}

/** kafkajs leaves Nagle's algorithm on, which holds small sends back while an acknowledgement is on its way. */
function openSocket({ host, port, ssl, onConnect }: ISocketFactoryArgs): Socket {
  const socket = ssl
    ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl }, onConnect)
    : connectTcp({ host, port }, onConnect);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  return socket;
}
