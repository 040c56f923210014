/** The import rules of ARCHITECTURE.md: who may know whom. `npm run check` plants a violation to see that they bite. */
const adapter = "^server/(redis|kafka|mysql|oidc)/";
const settings = "^server/env(\\.ts$|/)";
const test = "\\.test\\.tsx?$|/testing\\.ts$";
const roots = "^(server/(main|web-parts)|worker/(main|parts)|(commands|bench)/.+|drizzle\\.config)\\.ts$";

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "core-is-pure",
      comment: "The simulation runs this very code: no I/O, no framework, no clock of its own.",
      severity: "error",
      from: { path: "^server/coupon/", pathNot: [test, "^server/coupon/simulation/run(-worker)?\\.ts$"] },
      to: { pathNot: ["^server/coupon/", "node_modules/zod/"] },
    },
    {
      name: "adapters-know-only-the-core",
      comment:
        "An adapter can be replaced without touching another; configuration and logger arrive as arguments.",
      severity: "error",
      from: { path: adapter, pathNot: test },
      to: {
        path: "^(server|app|worker|commands|e2e|bench|stack)/",
        pathNot: ["^server/$1/", "^server/coupon/", "^server/identity\\.ts$"],
      },
    },
    {
      name: "trpc-gets-adapters-from-context",
      severity: "error",
      from: { path: "^server/trpc/", pathNot: test },
      to: { path: [adapter, "^server/(main|env)\\.ts$", "^server/http/"] },
    },
    {
      name: "env-is-read-at-the-roots",
      severity: "error",
      from: { pathNot: [roots, test, settings] },
      to: { path: settings },
    },
    {
      name: "server-is-below-everything",
      severity: "error",
      from: { path: "^server/", pathNot: test },
      to: { path: "^(app|worker|commands|e2e|bench|stack)/" },
    },
    {
      name: "worker-is-not-the-web",
      severity: "error",
      from: { path: "^(worker|commands)/", pathNot: test },
      to: { path: ["^app/", "^server/(trpc|http)/", "node_modules/(next|react)/"] },
    },
    {
      name: "app-sees-types-and-deps",
      comment:
        "Next has a module graph of its own: a value import would be a second copy of the server. A pure rule may be copied.",
      severity: "error",
      from: { path: "^app/" },
      to: {
        path: "^server/",
        pathNot: "^server/(deps|next-path|language)\\.ts$",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "front-door-knows-the-api",
      severity: "error",
      from: { path: "^server/http/", pathNot: test },
      to: {
        path: "^server/",
        pathNot:
          "^server/(http|trpc|coupon)/|^server/(health|log|deps|metrics|identity|next-path|language)\\.ts$",
      },
    },
    {
      name: "nobody-needs-the-benchmark",
      severity: "error",
      from: { pathNot: "^bench/" },
      to: { path: "^bench/" },
    },
    {
      name: "e2e-is-black-box",
      severity: "error",
      from: { path: "^e2e/" },
      to: { path: "^(app|server|worker|commands)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)\\.next|^(\\.stack|drizzle/)" },
    tsPreCompilationDeps: true, // without it type-only imports are invisible
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { extensions: [".ts", ".tsx", ".mjs"] },
  },
};
