/** Who somebody is here, by what the provider says. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { USER_ID } from "#server/coupon/claim-record";
import { type Claims, type OperatorRule, personOf, userIdOf } from "./person.ts";

const identity = { issuer: "https://login.example.com", subject: "1234" };
const nobody: OperatorRule = { claim: null, people: [] };
const nameOf = (...sources: Claims[]) => personOf(identity, sources, nobody).displayName;
const roleOf = (rule: Partial<OperatorRule>, ...sources: Claims[]) =>
  personOf(identity, sources, { ...nobody, ...rule }).role;

describe("a user id", () => {
  test("is the hash that the documentation says, and one that the core takes", () => {
    const expected = createHash("sha256").update('["https://login.example.com","1234"]').digest("base64url");
    expect(userIdOf(identity)).toBe(expected);
    expect(expected).toHaveLength(43);
    expect(expected).toMatch(USER_ID);
  });

  test("belongs to one person of one issuer, whatever characters the two hold", () => {
    const pairs = [
      ["https://a", "b"],
      ["https://ab", ""],
      ["https://a", '","b'],
      ['https://a","', "b"],
      ["https://a", "B"],
      ["https://a", "b "],
      ["https://a/", "b"],
    ].map(([issuer = "", subject = ""]) => userIdOf({ issuer, subject }));
    expect(new Set(pairs).size).toBe(pairs.length);
  });
});

describe("a display name", () => {
  test("is the name, else the user name, else short and made from the id", () => {
    expect(nameOf({ preferred_username: "mina" }, { name: "김민아" })).toBe("김민아");
    expect(nameOf({ name: 7 }, { preferred_username: "mina" })).toBe("mina");
    expect(nameOf({}, {})).toMatch(/^user-[\w-]{6}$/);
  });

  test.each([
    ["line\nbreaks \t and  gaps", "line breaks and gaps"],
    ["\u202eevil\u202c", "evil"],
    ["zero\u200bwidth\u0000", "zerowidth"],
    ["half a pair \ud800", "half a pair"],
    ["👩".repeat(80), "👩".repeat(50)],
  ])("shows what it is: %j", (given, shown) => {
    expect(nameOf({ name: given })).toBe(shown);
  });

  test.each(["", " ", "\u200b\u202e", null, {}, ["mina"]])("is made up when there is none: %j", (name) => {
    expect(nameOf({ name })).toMatch(/^user-/);
  });
});

describe("an operator", () => {
  const claim = { name: "groups", value: "operator" };

  test.each([
    [{ groups: "operator" }, "operator"],
    [{ groups: ["staff", "operator"] }, "operator"],
    [{ groups: "operators" }, "shopper"],
    [{ groups: "operator staff" }, "shopper"],
    [{ groups: { operator: true } }, "shopper"],
    [{ groups: [["operator"]] }, "shopper"],
    [{ role: "operator" }, "shopper"],
    [{}, "shopper"],
  ])("is made by the claim of the settings: %j is an %s", (claims, role) => {
    expect(roleOf({ claim }, claims)).toBe(role);
    expect(roleOf({ claim }, {}, claims)).toBe(role);
  });

  test("is made by no claim that the settings do not name, nor by what every object has", () => {
    expect(roleOf({}, { groups: "operator", role: "operator" })).toBe("shopper");
    const inherited = Object.create({ groups: "operator" }) as Claims;
    expect(roleOf({ claim }, inherited)).toBe("shopper");
  });

  test("is made by the list: a user id, or an address that is verified", () => {
    expect(roleOf({ people: [userIdOf(identity)] }, {})).toBe("operator");
    const people = ["Boss@Example.com"];
    expect(roleOf({ people }, { email: "boss@example.COM", email_verified: true })).toBe("operator");
    for (const verified of [undefined, false, "true", 1])
      expect(roleOf({ people }, { email: "boss@example.com", email_verified: verified })).toBe("shopper");
  });

  test("is not made by the verified address of one answer and the word of another", () => {
    const sources = [{ email: "boss@example.com" }, { email: "mina@example.com", email_verified: true }];
    expect(roleOf({ people: ["boss@example.com"] }, ...sources)).toBe("shopper");
  });

  test("is not made by an address that only looks the same without case", () => {
    const email = "\u212aim@example.com";
    expect(email.toLowerCase()).toBe("kim@example.com");
    expect(roleOf({ people: ["kim@example.com"] }, { email, email_verified: true })).toBe("shopper");
  });

  test("is not made by a subject that reads like one", () => {
    const subject = "boss@example.com";
    const { role } = personOf({ ...identity, subject }, [{ sub: subject }], { ...nobody, people: [subject] });
    expect(role).toBe("shopper");
  });
});
