/** Signing in by hand. */
import { header } from "./answers.ts";
import { JSON_TYPE } from "./attack.ts";
import { exchange, requestBytes } from "./wire.ts";

/** @returns the Cookie header of this user */
export async function signIn(base: string, userId: string): Promise<string> {
  const request = {
    method: "POST",
    target: "/api/trpc/session.signIn",
    headers: [JSON_TYPE],
    body: JSON.stringify({ userId }),
  };
  const { answers, text } = await exchange(base, requestBytes(request));
  const [answer] = answers;
  const cookie = answer && header(answer, "set-cookie")?.split(";", 1)[0];
  if (!cookie) throw new Error(`no cookie for ${userId}: ${text}`);
  return cookie;
}
