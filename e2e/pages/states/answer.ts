/** Changes what the API answers, on the way to the browser: for states that the product does not enter on demand. */
import type { Page, Route } from "@playwright/test";

type Data = Record<string, unknown>;

/** Every call of the procedure gets this answer; a function is given the real one. */
export async function answer(
  page: Page,
  procedure: string,
  data: Data | ((real: never) => Data),
): Promise<void> {
  // What the page hears by itself would say otherwise.
  if (procedure === "event.get") await refuse(page, "event.live", "TOO_MANY_REQUESTS", 429);
  await page.route(callsOf(procedure), async (route) => {
    if (typeof data !== "function") return route.fulfill({ json: { result: { data } } });
    const response = await route.fetch();
    const { result } = await response.json();
    await route.fulfill({ response, json: { result: { data: data(result.data as never) } } });
  });
}

/** Every call is refused with that code. */
export async function refuse(page: Page, procedure: string, code: string, httpStatus: number): Promise<void> {
  const error = { message: "refused on the way", code: -32_000, data: { code, httpStatus } };
  await page.route(callsOf(procedure), (route) => route.fulfill({ status: httpStatus, json: { error } }));
}

/** Every answer gets lost. */
export async function lose(page: Page, procedure: string): Promise<void> {
  await page.route(callsOf(procedure), (route) => route.abort("connectionreset"));
}

/** No answer ever comes. */
export async function hold(page: Page, calls: string | RegExp): Promise<void> {
  await page.route(typeof calls === "string" ? callsOf(calls) : calls, (_: Route) => {});
}

function callsOf(procedure: string): RegExp {
  return new RegExp(`/api/trpc/${procedure.replace(".", "\\.")}(\\?|$)`);
}
