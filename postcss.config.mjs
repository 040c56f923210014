// Tailwind 4 is set up in app/globals.css; this only puts it into the build.
export default { plugins: { "@tailwindcss/postcss": {} } };
