/** Which of the encodings that we hold a caller would take: the Accept-Encoding header of RFC 9110 section 12.5.3. */

export type Encoding = "br" | "gzip";

/** The smaller one first: it is what a caller gets who takes both. */
export const encodings = ["br", "gzip"] as const satisfies readonly Encoding[];

/** @returns the best encoding that the caller takes and `isThere` says we have; null: send it as it is */
export function chooseEncoding(
  header: string | string[] | undefined,
  isThere: (encoding: Encoding) => boolean,
): Encoding | null {
  const weights = weightsOf(String(header ?? ""));
  const takes = (encoding: Encoding): boolean => (weights.get(encoding) ?? weights.get("*") ?? 0) > 0;
  return encodings.find((encoding) => takes(encoding) && isThere(encoding)) ?? null;
}

/** `"br;q=0.5, gzip"` becomes `br -> 0.5, gzip -> 1`; a weight that is no number counts as a refusal. */
function weightsOf(header: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const part of header.split(",")) {
    const [name = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice("q=".length);
    if (name !== "") weights.set(name, weight === undefined ? 1 : Number(weight) || 0);
  }
  return weights;
}
