/** The attacks of e2e/attacks know every procedure. That folder sees the product from outside, so it is compared here. */
import { expect, test } from "vitest";
import { appRouter } from "#server/trpc/router";
import { procedures } from "../../e2e/attacks/procedures.ts";

test("every procedure has its row in the attack table, of the right kind, and no row is left over", () => {
  const inRouter: Record<string, unknown> = appRouter._def.procedures;
  const kinds = Object.entries(inRouter).map(([name, procedure]) => [name, kindOf(procedure)]);
  const rows = Object.entries(procedures).map(([name, { kind }]) => [name, kind]);
  expect(rows.sort()).toEqual(kinds.sort());
});

/** The type of the router has the tree of its procedures, and no names with dots. */
function kindOf(procedure: unknown): string {
  return (procedure as { _def: { type: string } })._def.type;
}
