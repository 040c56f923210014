/** For `npm run generate`: writes migrations from the schema. It needs no database. */
import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "mysql",
  schema: "./server/mysql/schema.ts",
  out: "./drizzle",
});
