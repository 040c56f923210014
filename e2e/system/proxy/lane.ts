/** One direction of one connection: messages pass in order until one of them is kept; then all behind it wait. */

export type Lane = {
  push(bytes: Buffer): void;
  /** Lets the kept message go, and those behind it as far as `keeps` agrees. Nothing happens when none is kept. */
  release(): void;
  /** The kept message never arrives; those behind it go. */
  swallow(): void;
};

/**
 * @param options.keeps asked once for each message when its turn comes; the index counts from the first message
 * @param options.deliver gets whole messages
 */
export function lane(options: {
  lengthOf: (bytes: Buffer) => number | undefined;
  keeps: (message: Buffer, index: number) => boolean;
  deliver: (message: Buffer) => void;
}): Lane {
  const { lengthOf, keeps, deliver } = options;
  let partial: Buffer = Buffer.alloc(0);
  const waiting: Buffer[] = [];
  let isKept = false;
  let index = 0;

  function drain(): void {
    while (!isKept) {
      const [message] = waiting;
      if (!message) return;
      isKept = keeps(message, index++);
      if (isKept) return;
      waiting.shift();
      deliver(message);
    }
  }

  return {
    push(bytes) {
      partial = Buffer.concat([partial, bytes]);
      for (let length = lengthOf(partial); length !== undefined; length = lengthOf(partial)) {
        waiting.push(partial.subarray(0, length));
        partial = partial.subarray(length);
      }
      drain();
    },
    release() {
      const kept = isKept ? waiting.shift() : undefined;
      isKept = false;
      if (kept) deliver(kept);
      drain();
    },
    swallow() {
      if (isKept) waiting.shift();
      isKept = false;
      drain();
    },
  };
}
