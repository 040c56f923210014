/** What an operator can count and read. */
import { expect, test } from "vitest";
import { counterNames } from "#server/coupon/ports";
import { createLog } from "./log.ts";
import { createMetrics } from "./metrics.ts";

function observed() {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const log = createLog({ process: "web", level: "info", destination });
  return { lines, log, metrics: createMetrics(log) };
}

test("every counter of the core is shown from the start, at zero", async () => {
  const { metrics } = observed();
  const page = await metrics.page.render();
  for (const name of counterNames) expect(page).toContain(`\nsunchak_${name}_total 0\n`);
});

test("what the core counts is added up", async () => {
  const { metrics } = observed();
  metrics.reporter.count("coupons_issued", 500);
  metrics.reporter.count("coupons_issued");
  expect(await metrics.page.render()).toContain("\nsunchak_coupons_issued_total 501\n");
});

test("an alarm is an error in the log and a number to be woken by", async () => {
  const { metrics, lines } = observed();
  metrics.reporter.alarm("rank taken twice", {
    eventId: 1,
    error: new Error("why", { cause: new Error("root") }),
  });
  expect(await metrics.page.render()).toContain("\nsunchak_alarms_total 1\n");
  expect(lines).toMatchObject([
    { level: "error", process: "web", alarm: true, eventId: 1, msg: "rank taken twice" },
  ]);
  expect(JSON.stringify(lines)).toContain("root");
});

test("requests are timed by route and status", async () => {
  const { metrics } = observed();
  metrics.observeHttp({ route: "coupon.claim", status: 200, ms: 7 });
  expect(await metrics.page.render()).toMatch(
    /http_request_seconds_bucket\{le="0.01",route="coupon.claim",status="200"\} 1/,
  );
});

test("event pages are counted with their age and their makings, and a making that failed is in the log", async () => {
  const { metrics, lines } = observed();
  metrics.eventPages.answered(700);
  metrics.eventPages.made({ result: "kept", ms: 30 });
  metrics.eventPages.made({ result: "failed", ms: 5000, error: new Error("why") });
  const page = await metrics.page.render();
  expect(page).toContain('sunchak_event_page_age_seconds_bucket{le="1"} 1');
  expect(page).toContain('sunchak_event_page_age_seconds_bucket{le="0.5"} 0');
  for (const result of ["kept", "failed"])
    expect(page).toContain(`sunchak_event_page_making_seconds_count{result="${result}"} 1`);
  expect(lines).toMatchObject([{ level: "warn", msg: "an event page could not be made" }]);
});

test("nobody's cookie or key is in the log", () => {
  const { log, lines } = observed();
  const headers = { cookie: "sunchak_session=secret", authorization: "secret", host: "x" };
  log.info({ headers, req: { headers }, cookie: "secret", env: { sessionKeys: "secret" } }, "a request");
  expect(JSON.stringify(lines)).not.toContain("secret");
  expect(JSON.stringify(lines)).toContain('"host":"x"');
});

test("a warning that comes a thousand times a second is written once, and every other one still", () => {
  const { metrics, lines } = observed();
  for (let time = 0; time < 1000; time += 1) metrics.reporter.warn("the gate does not answer");
  metrics.reporter.warn("another thing");
  expect(lines.map((line) => line.msg)).toEqual(["the gate does not answer", "another thing"]);
});
