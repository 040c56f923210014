/** Our encoding of a produce request beside that of kafkajs, byte for byte. */
import fc from "fast-check";
import { CompressionTypes, type Message } from "kafkajs";
import produce, { type ProduceRequest } from "kafkajs/src/protocol/requests/produce/index.js";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { repairProduceRequest } from "./produce-request.ts";

const NOW = Date.UTC(2026, 10, 22, 1, 2, 3, 4);
const VERSIONS = [3, 4, 5, 6, 7];
const original = produce.protocol;
const byDriver = vi.fn();

beforeAll(() => {
  vi.spyOn(Date, "now").mockReturnValue(NOW);
  produce.protocol = (version) => (options) => {
    const { request, response } = original(version)(options);
    const encode = () => {
      byDriver();
      return request.encode();
    };
    return { request: { ...request, encode }, response };
  };
  repairProduceRequest();
});
beforeEach(() => byDriver.mockClear());
afterAll(() => {
  produce.protocol = original;
  vi.restoreAllMocks();
});

type Request = ReturnType<ReturnType<typeof produce.protocol>>["request"];
/** Functions made for each request are never equal. */
const comparable = (request: Request) => ({
  ...request,
  encode: null,
  expectResponse: request.expectResponse(),
});

async function expectSameBytes(options: ProduceRequest, version = 7) {
  const { request, response } = produce.protocol({ version })(options);
  const theirs = original({ version })(options);
  const [encoded, expected] = await Promise.all([request.encode(), theirs.request.encode()]);
  expect(encoded.buffer.equals(expected.buffer)).toBe(true);
  expect(encoded.size()).toBe(expected.size());
  expect(comparable(request)).toEqual(comparable(theirs.request));
  expect(response).toBe(theirs.response);
}

const sendOf = (...messages: Message[]): ProduceRequest => ({
  acks: -1,
  timeout: 2_000,
  topicData: [{ topic: "claims", partitions: [{ partition: 3, firstSequence: 0, messages }] }],
});

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "쿠폰을 받았어요", "\ud800"),
);
/** Around each length at which the number that tells it needs another byte. */
const edge = fc
  .tuple(fc.constantFrom(63, 64, 127, 128, 8_191, 8_192, 16_383, 16_384, 100_000), fc.constantFrom("v", "한"))
  .map(([length, letter]) => letter.repeat(length));
const bytes = fc.uint8Array().map((array) => Buffer.from(array));
const message: fc.Arbitrary<Message> = fc.record(
  {
    key: fc.oneof(text, bytes, fc.constant(null)),
    value: fc.oneof(text, text, bytes, edge, fc.constant(null)),
    partition: fc.nat(9),
    timestamp: fc.oneof(fc.constantFrom("0", "9", "10", String(NOW)), fc.nat(4_000_000_000_000).map(String)),
  },
  { requiredKeys: ["value"] },
);
const topicData = fc.array(
  fc.record({
    topic: fc.oneof(text, fc.constant("claims")),
    partitions: fc.array(
      fc.record(
        {
          partition: fc.nat(),
          firstSequence: fc.nat(),
          messages: fc.oneof(fc.array(message), fc.array(fc.record({ value: text }))),
        },
        { requiredKeys: ["partition", "messages"] },
      ),
      { maxLength: 4 },
    ),
  }),
  { maxLength: 3 },
);

test("any request of plain messages has the bytes that kafkajs would send, in each version", async () => {
  const request = fc.record({ acks: fc.constantFrom(-1, 0, 1), timeout: fc.nat(), topicData });
  await fc.assert(fc.asyncProperty(request, fc.constantFrom(...VERSIONS), expectSameBytes), { numRuns: 300 });
  expect(byDriver).not.toHaveBeenCalled();
});

test.each([1, 64, 65, 1_000])(
  "%i records in one batch have the bytes that kafkajs would send",
  async (count) => {
    const messages = fc.sample(message, { numRuns: count, seed: count });
    await expectSameBytes(sendOf(...messages));
    await expectSameBytes(sendOf(...messages.map(({ timestamp: _, ...rest }) => rest)));
    expect(byDriver).not.toHaveBeenCalled();
  },
);

const plain = sendOf({ key: "user", value: "seat" });
const unusual = (message: object) => sendOf({ key: "user", value: "seat" }, { value: "seat", ...message });

test.each<[string, ProduceRequest]>([
  ["compressed", { ...plain, compression: CompressionTypes.GZIP }],
  ["of a transaction", { ...plain, transactionalId: "t" }],
  ["of an idempotent producer", { ...plain, producerId: 5 }],
  ["of a later epoch of a producer", { ...plain, producerEpoch: 1 }],
  ["with headers", unusual({ headers: { trace: "1" } })],
  ["with a timestamp before 1970", unusual({ timestamp: "-5" })],
  ["with a timestamp that is a number", unusual({ timestamp: 0 })],
  ["with a value of bytes that are not a Buffer", unusual({ value: new Uint8Array([1, 2]) })],
  ["with such a key", unusual({ key: new Uint8Array([1, 2]) })],
])("a request %s is left to kafkajs", async (_, options) => {
  await expectSameBytes(options);
  expect(byDriver).toHaveBeenCalledOnce();
});

test("a version with another body is left to kafkajs", async () => {
  await expectSameBytes(plain, 2);
  expect(byDriver).toHaveBeenCalledOnce();
});
