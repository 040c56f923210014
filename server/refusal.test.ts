/** What operators are told when a service turns the product away; the messages are those of real servers and drivers. */
import { expect, test } from "vitest";
import { orRefused, RefusedError, refusalOf, type ServiceName } from "./refusal.ts";

test.each<[ServiceName, string, RegExp]>([
  ["Redis", "WRONGPASS invalid username-password pair or user is disabled.", /account.*REDIS_URL/],
  ["Redis", "NOAUTH Authentication required.", /account.*REDIS_URL/],
  ["Redis", "NOPERM this user has no permissions to run the 'evalsha' command", /rights/],
  ["MySQL", "Access denied for user 'web'@'127.0.0.1' (using password: YES)", /account.*DATABASE_URL/],
  ["MySQL", "Access denied for user 'web'@'%' to database 'sunchak'", /rights/],
  ["MySQL", "UPDATE command denied to user 'web'@'127.0.0.1' for table 'coupon'", /rights/],
  ["Kafka", "SASL PLAIN authentication failed: Authentication failed: Invalid username", /KAFKA_USERNAME/],
  ["Kafka", "Not authorized to access topics: [Topic authorization failed]", /rights/],
  ["Kafka", "Connection error: self-signed certificate in certificate chain", /KAFKA_CA_FILE/],
  ["MySQL", "unable to verify the first certificate", /DATABASE_CA_FILE/],
  ["Redis", "Hostname/IP does not match certificate's altnames: Host: localhost.", /another name/],
  ["MySQL", "Unknown database 'sunchak'", /migrate/],
  ["MySQL", "Table 'sunchak.coupon_event' doesn't exist", /migrate/],
  ["Redis", "certificate has expired", /not valid today/],
  ["MySQL", "Server does not support secure connection", /does not speak TLS/],
])("%s: %s", (service, message, sentence) => {
  const wrapped = new Error("Failed query", { cause: new Error(message) });
  expect(refusalOf(service, wrapped)).toMatch(sentence);
});

test("what kafkajs collects of several topics is looked through", () => {
  const collected = Object.assign(new Error("Topic creation errors"), {
    errors: [new Error("Not authorized to access topics: [Topic authorization failed]")],
  });
  expect(refusalOf("Kafka", collected)).toMatch(/rights/);
});

test("a service that is only away is no refusal", () => {
  for (const message of [
    "connect ECONNREFUSED 127.0.0.1:3306",
    "Command timed out",
    "LOADING Redis is loading",
  ])
    expect(refusalOf("Redis", new Error(message))).toBeNull();
});

test("a refusal repeats nothing of what it was refused for", async () => {
  const cause = new Error("Access denied for user 'kim' (using password: YES)");
  const refused = await orRefused("MySQL", Promise.reject(cause)).catch((error: Error) => error);
  expect(refused).toBeInstanceOf(RefusedError);
  expect((refused as Error).message).not.toContain("kim");
});
