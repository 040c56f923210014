import { expect, test } from "vitest";
import { printable, shortened } from "./printable.ts";

test.each([
  ["an escape sequence", "\u001b[2J", "\\u001b[2J"],
  ["a sequence of one 8-bit character", "\u009b2J", "\\u009b2J"],
  ["a line feed and a carriage return", "a\r\nb", "a\\u000d\\u000ab"],
  ["text that is turned around", "\u202egpj.exe", "\\u202egpj.exe"],
  ["what nobody sees", "kim\u200b\u{e0041}", "kim\\u200b\\udb40\\udc41"],
  ["half of a character", "\ud83d", "\\ud83d"],
])("no terminal is moved by %s", (_name, text, shown) => {
  expect(printable(text)).toBe(shown);
});

test("a line of JSON stays the same JSON, and Korean and emoji stay readable", () => {
  const value = { text: '쿠폰 🎫 "1"\u007f\u202e' };
  expect(printable(JSON.stringify(value))).toContain("쿠폰 🎫");
  expect(JSON.parse(printable(JSON.stringify(value)))).toEqual(value);
});

test("a long text is cut", () => {
  expect(shortened("abcdef", 4)).toBe("abc…");
  expect(shortened("abcd", 4)).toBe("abcd");
});
