/**
 * A repair of kafkajs 2.2.4: a produce request in one buffer. Its own encoder clears 512 bytes for each record and
 * makes an array and a buffer for each number in it, which is more than half of what a send costs.
 */
import Encoder from "kafkajs/src/protocol/encoder.js";
import produce, { type ProduceRequest } from "kafkajs/src/protocol/requests/produce/index.js";
import { measureRecordBatch, writeRecordBatch } from "./record-batch.ts";

/** These have the same body; older ones have no record batches, and kafkajs knows no newer ones. */
const FIRST_VERSION = 3;
const LAST_VERSION = 7;
const UNCOMPRESSED = 0;
const NO_PRODUCER = -1;
/** Milliseconds of the usual kind, for which numbers of JavaScript are exact. */
const TIMESTAMP = /^\d{1,15}$/;

/** Once per process, before the first connection. What our encoder does not know is left to that of kafkajs. */
export function repairProduceRequest(): void {
  const original = produce.protocol;
  // kafkajs looks `protocol` up again for each request.
  produce.protocol = ({ version }) => {
    const build = original({ version });
    if (version < FIRST_VERSION || version > LAST_VERSION) return build;
    return (options) => {
      const { request, response } = build(options);
      const encode = async () => (isPlain(options) ? encoderOf(produceBody(options)) : request.encode());
      return { request: { ...request, encode }, response };
    };
  };
}

/** Neither compressed nor of an idempotent or transactional producer, and all messages are such as we send. */
function isPlain({
  compression = UNCOMPRESSED,
  transactionalId = null,
  producerId = NO_PRODUCER,
  producerEpoch = 0,
  topicData,
}: ProduceRequest): boolean {
  return (
    compression === UNCOMPRESSED &&
    transactionalId === null &&
    producerId === NO_PRODUCER &&
    producerEpoch === 0 &&
    topicData.every(({ partitions }) =>
      partitions.every(({ messages }) =>
        messages.every(
          ({ key, value, timestamp, headers }) =>
            headers === undefined &&
            isField(key) &&
            isField(value) &&
            (timestamp == null || (typeof timestamp === "string" && TIMESTAMP.test(timestamp))),
        ),
      ),
    )
  );
}

function isField(field: unknown): boolean {
  return field == null || typeof field === "string" || Buffer.isBuffer(field);
}

/** Produce Request, versions 3 to 7: https://kafka.apache.org/protocol#The_Messages_Produce */
function produceBody({ acks, timeout, topicData }: ProduceRequest): Buffer {
  const now = Date.now();
  const topics = topicData.map(({ topic, partitions }) => ({
    topic,
    topicBytes: Buffer.byteLength(topic),
    partitions: partitions.map(({ partition, messages, firstSequence = 0 }) => ({
      partition,
      batch: measureRecordBatch(messages, firstSequence, now),
    })),
  }));

  // The transactional id, the acknowledgements, the time-out and the number of topics.
  let size = 2 + 2 + 4 + 4;
  for (const { topicBytes, partitions } of topics) {
    size += 2 + topicBytes + 4;
    for (const { batch } of partitions) size += 4 + 4 + batch.bytes;
  }

  const body = Buffer.allocUnsafe(size);
  let at = body.writeInt16BE(-1, 0);
  at = body.writeInt16BE(acks, at);
  at = body.writeInt32BE(timeout, at);
  at = body.writeInt32BE(topics.length, at);
  for (const { topic, topicBytes, partitions } of topics) {
    at = body.writeInt16BE(topicBytes, at);
    at += body.write(topic, at);
    at = body.writeInt32BE(partitions.length, at);
    for (const { partition, batch } of partitions) {
      at = body.writeInt32BE(partition, at);
      at = body.writeInt32BE(batch.bytes, at);
      at = writeRecordBatch(batch, body, at);
    }
  }
  // Bytes that nobody wrote would be old memory of this process on their way to Kafka.
  if (at !== size) throw new Error(`a produce request of ${size} bytes was measured, and ${at} were written`);
  return body;
}

/** kafkajs puts what it is given behind the header of the request, if it is an encoder of its own. */
function encoderOf(body: Buffer): Encoder {
  const encoder = new Encoder(1);
  encoder.buf = body;
  encoder.offset = body.length;
  return encoder;
}
