import { expect, test } from "vitest";
import { accountEnv } from "./account-env.mjs";

const passwords = {
  "sunchak-web": "web-pw",
  "sunchak-worker": "worker-pw",
  "sunchak-guardian": "guardian-pw",
};

test("each part gets its own account, at the address that an administrator has", () => {
  const { web, worker } = accountEnv({
    passwords,
    redisUrl: "redis://127.0.0.1:6379",
    brokers: "127.0.0.1:9093",
    databaseUrl: "mysql://root@127.0.0.1:3306/sunchak",
  });
  expect(web).toMatchObject({
    REDIS_URL: "redis://sunchak-web:web-pw@127.0.0.1:6379",
    DATABASE_URL: "mysql://sunchak-web:web-pw@127.0.0.1:3306/sunchak",
    KAFKA_BROKERS: "127.0.0.1:9093",
    KAFKA_USERNAME: "sunchak-web",
  });
  expect(worker).toMatchObject({
    REDIS_URL: "redis://sunchak-guardian:guardian-pw@127.0.0.1:6379",
    DATABASE_URL: "mysql://sunchak-worker:worker-pw@127.0.0.1:3306/sunchak",
    GUARDIAN_DATABASE_URL: "mysql://sunchak-guardian:guardian-pw@127.0.0.1:3306/sunchak",
    KAFKA_USERNAME: "sunchak-worker",
    GUARDIAN_KAFKA_USERNAME: "sunchak-guardian",
  });
});

test("a service without accounts is used as it was given", () => {
  expect(accountEnv({ passwords })).toEqual({ web: {}, worker: {} });
});
