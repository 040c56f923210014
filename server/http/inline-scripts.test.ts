/** A page's own scripts are named by their hashes, and no other script is. */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { nonceToHashes } from "./inline-scripts.ts";

const NONCE = "abc123";
const sha256 = (text: string) => createHash("sha256").update(text).digest("base64");

test("each inline script that carries the nonce is named once, files are not", () => {
  const script = `<script nonce="${NONCE}">`;
  const page = `${script}one()</script><p>x</p><script id="x" nonce="${NONCE}">two()\n</script>${script}one()</script><script src="/a.js" async="" nonce="${NONCE}"></script>`;
  const { html, hashes } = nonceToHashes(page, NONCE);
  expect(hashes).toEqual([sha256("one()"), sha256("two()\n")]);
  expect(html).toBe(
    '<script>one()</script><p>x</p><script id="x">two()\n</script><script>one()</script><script src="/a.js" async=""></script>',
  );
});

test("a script that got into the page without the nonce is not named", () => {
  const page = `<script>stolen()</script><script nonce="other">stolen()</script><script data-x='nonce="${NONCE}'>x</script>`;
  expect(nonceToHashes(page, NONCE).hashes).toEqual([]);
});

test("the nonce is in nothing that is left, and the hash is that of the script as it stands there then", () => {
  const page = `<link rel="preload" nonce="${NONCE}"/><script nonce="${NONCE}">f('{"nonce":"${NONCE}"}')</script>`;
  const { html, hashes } = nonceToHashes(page, NONCE);
  expect(html).not.toContain(NONCE);
  const [, content = ""] = /<script>(.*)<\/script>/.exec(html) ?? [];
  expect(content).toBe(`f('{"nonce":"$undefined"}')`);
  expect(hashes).toEqual([sha256(content)]);
});
