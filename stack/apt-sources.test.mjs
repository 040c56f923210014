import { expect, test } from "vitest";
import { debianSource, parseSources } from "./apt-sources.mjs";

const DEB822 = `Types: deb
# a comment between the fields
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian.gpg

Types: deb deb-src
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://old.example/debian
Suites: bookworm
Components: main
`;

const ONE_LINE = `# deb http://off.example/debian bookworm main
deb [arch=amd64 signed-by=/etc/keys/vendor.gpg] https://vendor.example/apt stable main
deb-src http://mirror.example/debian bookworm main
deb [signed-by=/usr/share/keyrings/debian.gpg] http://mirror.example/debian bookworm main contrib # all of it
`;

test.each([
  ["deb822", DEB822, true],
  ["one-line", ONE_LINE, false],
])("the Debian mirror is found in the %s format, with its key", (_format, text, deb822) => {
  expect(debianSource(parseSources(text, deb822), "bookworm")).toMatchObject({
    uri: "http://mirror.example/debian",
    options: "signed-by=/usr/share/keyrings/debian.gpg",
  });
});

test("disabled sources and sources of source code are left out", () => {
  const uris = [...parseSources(DEB822, true), ...parseSources(ONE_LINE, false)].map(({ uri }) => uri);
  expect(uris).not.toContain("http://old.example/debian");
  expect(uris).not.toContain("http://off.example/debian");
  expect(uris.filter((uri) => uri === "http://mirror.example/debian")).toHaveLength(2);
});

test("a vendor's repository and another distribution's mirror are not taken for Debian", () => {
  const vendor = "deb https://vendor.example/apt stable main\n";
  const ubuntu = "deb http://mirror.example/ubuntu noble main\n";
  const vendorForDebian = "deb https://vendor.example/debian nodistro main\n";
  expect(debianSource(parseSources(vendor + ubuntu + vendorForDebian, false), "noble")).toBeUndefined();
});

test("a key that is written into the source itself is not put between brackets", () => {
  const text = `Types: deb
URIs: http://mirror.example/debian
Suites: trixie
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mDMEZ
 -----END PGP PUBLIC KEY BLOCK-----
`;
  expect(debianSource(parseSources(text, true), "trixie")).toMatchObject({ options: "" });
});
