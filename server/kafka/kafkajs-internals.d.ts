/** The parts of kafkajs that driver-repairs.ts repairs; the package has no types for its inside. */
declare module "kafkajs/src/network/requestQueue/index.js" {
  export default class RequestQueue {
    pending: unknown[];
    throttledUntil: number;
    throttleCheckTimeoutId: NodeJS.Timeout | null;
    checkPendingRequests(): void;
    scheduleCheckPendingRequests(): void;
  }
}

declare module "kafkajs/src/protocol/encoder.js" {
  export default class Encoder {
    constructor(initialSize?: number);
    buf: Buffer;
    offset: number;
    /** The part of `buf` that is written. */
    get buffer(): Buffer;
    size(): number;
  }
}

declare module "kafkajs/src/protocol/requests/produce/index.js" {
  import type { Message } from "kafkajs";
  import type Encoder from "kafkajs/src/protocol/encoder.js";

  export type ProduceRequest = {
    acks: number;
    timeout: number;
    compression?: number;
    transactionalId?: string | null;
    producerId?: number;
    producerEpoch?: number;
    topicData: {
      topic: string;
      partitions: { partition: number; firstSequence?: number; messages: readonly Message[] }[];
    }[];
  };
  type Build = (options: ProduceRequest) => {
    request: { apiVersion: number; expectResponse(): boolean; encode(): Promise<Encoder> };
    response: unknown;
  };
  const produce: { protocol(options: { version: number }): Build };
  export default produce;
}
