/** An end for every wait: kafkajs adds up time-outs and retries, and has no limit for the whole of a call. */

export class KafkaTimeoutError extends Error {
  override name = "KafkaTimeoutError";
}

/** @throws KafkaTimeoutError when `work` has not settled in time; it goes on, and nobody hears its outcome. */
export async function withDeadline<T>(work: Promise<T>, deadlineMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new KafkaTimeoutError(`${what} took longer than ${deadlineMs} ms`)),
      deadlineMs,
    );
  });
  work.catch(() => {});
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
