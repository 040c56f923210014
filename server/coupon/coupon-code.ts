/** The code of a coupon: twelve letters and digits that a person can read aloud and type without a mistake. */

/** Without letters and digits that look or sound like another one: no 0 O, 1 I L, 2 Z, 5 S, 8 B, U. */
export const CODE_ALPHABET = "34679ACDEFGHJKMNPQRTVWXY";
/** 24^12 = 3.6 * 10^16 codes: nobody guesses one, and a clash is next to impossible at ten million coupons. */
export const CODE_LENGTH = 12;
const GROUP_LENGTH = 4;
/** What a JavaScript number holds exactly. */
const GROUP_BYTES = 6;

/**
 * Each group of four letters is the rest of six bytes, read as one number, by 24^4.
 * @param digest at least 18 evenly distributed bytes: 2^48 leaves so little over that no group is likelier than
 *   another one by more than a billionth
 */
export function codeOfDigest(digest: Uint8Array): string {
  let code = "";
  for (let start = 0; code.length < CODE_LENGTH; start += GROUP_BYTES) {
    let number = 0;
    for (const byte of digest.subarray(start, start + GROUP_BYTES)) number = number * 256 + byte;
    for (let place = 0; place < GROUP_LENGTH; place += 1) {
      code += CODE_ALPHABET[number % CODE_ALPHABET.length];
      number = Math.floor(number / CODE_ALPHABET.length);
    }
  }
  return code;
}

/** As people see it: XXXX-XXXX-XXXX. */
export function groupCode(code: string): string {
  return code.match(/.{1,4}/g)?.join("-") ?? code;
}
