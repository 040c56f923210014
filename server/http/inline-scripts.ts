/** Turns a page that was made for one visitor, with a nonce, into one that anybody may have, with hashes. */
import { createHash } from "node:crypto";

const SCRIPT = /<script\b([^>]*)>([\s\S]*?)<\/script>/g;
const FROM_A_FILE = /\ssrc="/;

/**
 * Only scripts with the nonce are named: one that got into the page by another way has none, so the page's policy does
 * not let it run. The nonce is then taken out: of the HTML, and of what React reads in the browser, where a property
 * that is not there is written `$undefined`.
 * @returns the page without its nonce, and the SHA-256 of each inline script that stands in it now, in base64
 */
export function nonceToHashes(page: string, nonce: string): { html: string; hashes: string[] } {
  const attribute = ` nonce="${nonce}"`;
  const hashes = new Set<string>();
  for (const [, attributes = "", content = ""] of page.matchAll(SCRIPT))
    if (attributes.includes(attribute) && !FROM_A_FILE.test(attributes))
      hashes.add(createHash("sha256").update(withoutNonce(content)).digest("base64"));
  return { html: withoutNonce(page), hashes: [...hashes] };

  function withoutNonce(text: string): string {
    return text.replaceAll(attribute, "").replaceAll(nonce, () => "$undefined");
  }
}
