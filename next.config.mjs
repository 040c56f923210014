// Settings of Next. It only builds and renders app/; server/main.ts runs it behind the front door.

/** @type {import("next").NextConfig} */
const config = {
  // The test run builds into its own folder, so that it can work beside `npm start`.
  distDir: process.env.NEXT_DIST_DIR ?? ".next",
  reactStrictMode: true,
  poweredByHeader: false,
  // Without it anybody could make /_next/image fetch and convert pictures, and fill the log. The pages have none.
  images: { unoptimized: true },
  // `npm run check` runs tsc over everything; a build that did it again would only start the product later.
  typescript: { ignoreBuildErrors: true },
  // Without this Next writes the name of every build folder into tsconfig.json.
  experimental: { strictRouteTypes: true },
  // The development server may write files of its own into the project.
  agentRules: false,
  devIndicators: false,
};

export default config;
