/**
 * Messages as a record batch (format v2 of https://kafka.apache.org/documentation/#recordbatch), uncompressed and
 * without headers: measured first, then written into one buffer, where kafkajs makes several of them for each record.
 */
import type { Message } from "kafkajs";
import { crc32c } from "./crc32c.ts";

/** Messages with what has to be known before the first byte is written. */
export type MeasuredBatch = {
  messages: readonly Message[];
  firstSequence: number;
  /** in milliseconds since 1970; `now` is the time of messages that bring none */
  now: number;
  firstTimestamp: number;
  maxTimestamp: number;
  /** bytes of key and value of each message in turn, `NULL` for one that is null */
  lengths: Int32Array;
  /** bytes of each record behind its own length */
  sizes: Int32Array;
  bytes: number;
};

const NULL = -1;
const HEADER_BYTES = 61;
/** What the length in the header does not count: the base offset, and itself. */
const UNCOUNTED_BYTES = 12;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const MAGIC = 2;
const NO_PRODUCER = -1n;

/** @param now is the timestamp of messages that bring none, in milliseconds since 1970 */
export function measureRecordBatch(
  messages: readonly Message[],
  firstSequence: number,
  now: number,
): MeasuredBatch {
  const lengths = new Int32Array(messages.length * 2);
  const sizes = new Int32Array(messages.length);
  const batch = {
    messages,
    firstSequence,
    now,
    ...timestampsOf(messages, now),
    lengths,
    sizes,
    bytes: HEADER_BYTES,
  };
  messages.forEach((message, index) => {
    lengths[index * 2] = lengthOf(message.key);
    lengths[index * 2 + 1] = lengthOf(message.value);
    const bytes = recordBytes(batch, index);
    sizes[index] = bytes;
    batch.bytes += varintBytes(bytes) + bytes;
  });
  return batch;
}

/** @returns where the batch ends */
export function writeRecordBatch(batch: MeasuredBatch, buffer: Buffer, start: number): number {
  const count = batch.messages.length;
  let at = buffer.writeBigInt64BE(0n, start); // base offset: the broker's
  at = buffer.writeInt32BE(batch.bytes - UNCOUNTED_BYTES, at);
  at = buffer.writeInt32BE(0, at); // partition leader epoch: the broker's
  buffer.writeInt8(MAGIC, at);
  // The checksum is written last, since it covers all that follows it.
  at = buffer.writeInt16BE(0, start + ATTRIBUTES_AT); // no compression, create time, no transaction
  at = buffer.writeInt32BE(count - 1, at);
  at = buffer.writeBigInt64BE(BigInt(batch.firstTimestamp), at);
  at = buffer.writeBigInt64BE(BigInt(batch.maxTimestamp), at);
  at = buffer.writeBigInt64BE(NO_PRODUCER, at);
  at = buffer.writeInt16BE(0, at); // producer epoch
  at = buffer.writeInt32BE(batch.firstSequence, at);
  at = buffer.writeInt32BE(count, at);
  for (let index = 0; index < count; index += 1) at = writeRecord(batch, index, buffer, at);
  buffer.writeUInt32BE(crc32c(buffer.subarray(0, at), start + ATTRIBUTES_AT), start + CRC_AT);
  return at;
}

function writeRecord(batch: MeasuredBatch, index: number, buffer: Buffer, start: number): number {
  const { key, value } = batch.messages[index] as Message;
  let at = writeVarint(batch.sizes[index] as number, buffer, start);
  buffer[at] = 0; // attributes: none are defined
  at = writeVarint(timestampDelta(batch, index), buffer, at + 1);
  at = writeVarint(index, buffer, at);
  at = writeBytes(key, batch.lengths[index * 2] as number, buffer, at);
  at = writeBytes(value, batch.lengths[index * 2 + 1] as number, buffer, at);
  return writeVarint(0, buffer, at); // headers
}

/** Of a record behind its own length. */
function recordBytes(batch: MeasuredBatch, index: number): number {
  const attributesAndHeaders = 2;
  return (
    attributesAndHeaders +
    varintBytes(timestampDelta(batch, index)) +
    varintBytes(index) +
    fieldBytes(batch.lengths[index * 2] as number) +
    fieldBytes(batch.lengths[index * 2 + 1] as number)
  );
}

/** As kafkajs finds them: in the order of text, and the present time only if no message brings one. */
function timestampsOf(messages: readonly Message[], now: number) {
  const sorted = messages.flatMap(({ timestamp }) => timestamp ?? []).sort();
  return { firstTimestamp: Number(sorted[0] ?? now), maxTimestamp: Number(sorted.at(-1) ?? now) };
}

function timestampDelta({ messages, now, firstTimestamp }: MeasuredBatch, index: number): number {
  return Number(messages[index]?.timestamp ?? now) - firstTimestamp;
}

function lengthOf(field: Buffer | string | null | undefined): number {
  return field == null ? NULL : Buffer.byteLength(field);
}

function fieldBytes(length: number): number {
  return varintBytes(length) + Math.max(length, 0);
}

function writeBytes(
  field: Buffer | string | null | undefined,
  length: number,
  buffer: Buffer,
  start: number,
): number {
  const at = writeVarint(length, buffer, start);
  if (field == null) return at;
  if (typeof field === "string") buffer.write(field, at, length);
  else field.copy(buffer, at);
  return at + length;
}

/** Of a whole number up to 2^52, also below 0: small ones of either sign become small ones ("zigzag"). */
function writeVarint(value: number, buffer: Buffer, start: number): number {
  let rest = zigzag(value);
  let at = start;
  for (; rest > 0x7f; at += 1) {
    buffer[at] = (rest & 0x7f) | 0x80;
    rest = Math.floor(rest / 128);
  }
  buffer[at] = rest;
  return at + 1;
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = zigzag(value); rest > 0x7f; rest = Math.floor(rest / 128)) bytes += 1;
  return bytes;
}

/** By arithmetic and not by shifts, which would cut a difference of timestamps to 32 bits. */
function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}
