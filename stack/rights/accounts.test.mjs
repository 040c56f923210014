import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { accountNames, newPasswords, rightsFile, writeSecret } from "./accounts.mjs";

test("a secret can be read by its owner alone, also where a file was that everyone could read", () => {
  const dir = mkdtempSync(join(tmpdir(), "sunchak-secret-"));
  const file = join(dir, "inner", "secret");
  writeSecret(file, "first");
  rmSync(file);
  writeFileSync(file, "open", { mode: 0o644 });
  writeSecret(file, "second");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, "utf8")).toBe("second");
  rmSync(dir, { recursive: true });
});

test("no two accounts have the same password, and none is made twice", () => {
  const passwords = [...Object.values(newPasswords()), ...Object.values(newPasswords())];
  expect(new Set(passwords).size).toBe(2 * accountNames.length);
});

test("the files of rights know every account that has a place there, and hold no password", () => {
  for (const account of accountNames) {
    expect(rightsFile("mysql.sql")).toContain(`'${account}'@'%'`);
    expect(rightsFile("kafka.acl")).toContain(account);
  }
  expect(rightsFile("redis.acl").match(/^user \S+ on #<sha256> /gm)).toHaveLength(2);
  expect(rightsFile("mysql.sql")).not.toMatch(/^[^-]*IDENTIFIED BY/m);
});
