/** How much a topic has taken in. */
import type { Admin } from "kafkajs";

export async function topicLength(admin: Admin, topic: string): Promise<number> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return offsets.reduce((total, { high }) => total + Number(high), 0);
}
