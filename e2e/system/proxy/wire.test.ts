/** Messages are cut where they end, however they arrive. */
import { expect, test } from "vitest";
import { wires } from "./wire.ts";

const resp = [
  "+OK\r\n",
  ":7\r\n",
  "$5\r\na\r\nbc\r\n",
  "$-1\r\n",
  "_\r\n",
  "*2\r\n$1\r\na\r\n*1\r\n:1\r\n",
  "%1\r\n+key\r\n~2\r\n:1\r\n:2\r\n",
  "*0\r\n",
];

const samples = {
  redis: resp.map((text) => Buffer.from(text)),
  kafka: [Buffer.from([0, 0, 0, 2, 9, 9]), Buffer.from([0, 0, 0, 0])],
  mysql: [Buffer.from([2, 0, 0, 7, 9, 9]), Buffer.from([0, 0, 0, 1])],
};

test.each(["redis", "kafka", "mysql"] as const)(
  "a message of %s has its length once it is there as a whole",
  (name) => {
    for (const message of samples[name]) {
      for (let length = 0; length < message.length; length += 1)
        expect(wires[name].lengthOf(message.subarray(0, length))).toBeUndefined();
      expect(wires[name].lengthOf(message)).toBe(message.length);
      expect(wires[name].lengthOf(Buffer.concat([message, message]))).toBe(message.length);
    }
  },
);
