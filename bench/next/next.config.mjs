// Settings of the small Next app that answers our API from a route handler.
import { fileURLToPath } from "node:url";

/** @type {import("next").NextConfig} */
const config = {
  poweredByHeader: false,
  typescript: { ignoreBuildErrors: true },
  experimental: { strictRouteTypes: true },
  agentRules: false,
  // The route takes the router and the use cases from the project, which is above this folder.
  turbopack: { root: fileURLToPath(new URL("../..", import.meta.url)) },
};

export default config;
