/** Reads apt's lists of sources, in the one-line and the deb822 format, to find the mirror this machine uses. */

/**
 * @typedef {object} Source
 * @property {string} uri
 * @property {string[]} suites
 * @property {string[]} components
 * @property {string} options what stood in brackets and still holds for another suite: keys and trust
 */

const RELEASE_NAMES = ["stable", "testing", "unstable", "sid"];

/**
 * @param {string} text the content of a sources file
 * @param {boolean} deb822 whether it is in the format of `.sources` files
 * @returns {Source[]} only sources of binary packages that are not disabled
 */
export function parseSources(text, deb822) {
  return deb822 ? parseDeb822(text) : parseOneLine(text);
}

/**
 * The source that carries Debian itself (not security, not a vendor's packages).
 * @param {Source[]} sources
 * @param {string} codename of this machine's release
 * @returns {Source | undefined}
 */
export function debianSource(sources, codename) {
  const names = [codename, ...RELEASE_NAMES];
  return sources.find(
    (source) =>
      source.components.includes("main") &&
      source.suites.some((suite) => names.includes(suite)) &&
      /\/debian(\.list)?\/?$|snapshot\.debian\.org/.test(source.uri),
  );
}

/** @param {string} text */
function parseOneLine(text) {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (!match) return [];
    const [, options = "", uri = "", suite = "", components = ""] = match;
    return [{ uri, suites: [suite], components: words(components), options: lastingOptions(words(options)) }];
  });
}

/** @param {string} text */
function parseDeb822(text) {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = fieldsOf(stanza);
    const types = words(fields.get("types") ?? "");
    if (!types.includes("deb") || fields.get("enabled") === "no") return [];
    // A key that is written into the file itself spans lines and cannot stand in brackets; apt's own keys serve.
    const signedBy = fields.get("signed-by") ?? "";
    const options = [
      signedBy.startsWith("/") ? `signed-by=${signedBy}` : "",
      fields.get("trusted") === "yes" ? "trusted=yes" : "",
    ];
    return words(fields.get("uris") ?? "").map((uri) => ({
      uri,
      suites: words(fields.get("suites") ?? ""),
      components: words(fields.get("components") ?? ""),
      options: options.filter(Boolean).join(" "),
    }));
  });
}

/**
 * The fields of a stanza by lower-case name; comments go, continuation lines are joined by a space.
 * @param {string} stanza
 */
function fieldsOf(stanza) {
  const lines = stanza.split("\n").filter((line) => !line.startsWith("#"));
  const text = lines.join("\n").replaceAll(/\n[ \t]+/g, " ");
  return new Map(
    text.split("\n").flatMap((line) => {
      const colon = line.indexOf(":");
      if (colon < 1) return [];
      return [
        /** @type {const} */ ([line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]),
      ];
    }),
  );
}

/** @param {string[]} options */
function lastingOptions(options) {
  return options.filter((option) => /^(signed-by|trusted)=/.test(option)).join(" ");
}

/** @param {string} text */
function words(text) {
  return text.split(/\s+/).filter(Boolean);
}
