/** What an error of MySQL means for whoever has to decide between parking a record and trying again. */

/** Trouble of data: the same row would be refused again. Everything else is trouble of infrastructure. */
const dataErrors = new Set([
  "ER_BAD_NULL_ERROR",
  "ER_CHECK_CONSTRAINT_VIOLATED",
  "ER_DATA_OUT_OF_RANGE",
  "ER_DATA_TOO_LONG",
  "ER_NO_REFERENCED_ROW_2",
  "ER_TRUNCATED_WRONG_VALUE",
  "ER_TRUNCATED_WRONG_VALUE_FOR_FIELD",
  "ER_WARN_DATA_OUT_OF_RANGE",
  "ER_WARN_DATA_TRUNCATED",
]);

export function isDataError(error: unknown): boolean {
  return dataErrors.has(mysqlErrorCode(error) ?? "");
}

/** Refusals of a server that is full, stopping, switched over or busy: the same statement may work in a moment. */
const passingErrors = new Set([
  "ER_CON_COUNT_ERROR",
  "ER_LOCK_DEADLOCK",
  "ER_LOCK_WAIT_TIMEOUT",
  "ER_OPTION_PREVENTS_STATEMENT",
  "ER_QUERY_INTERRUPTED",
  "ER_QUERY_TIMEOUT",
  "ER_READ_ONLY_MODE",
  "ER_SERVER_SHUTDOWN",
  "ER_TOO_MANY_USER_CONNECTIONS",
]);

/** Whether a statement failed for the server's or the network's sake. The server's own refusals begin with ER_. */
export function isOutage(error: unknown): boolean {
  const { code, fatal } = error as { code?: unknown; fatal?: unknown };
  if (typeof code !== "string") return fatal === true;
  return !code.startsWith("ER_") || passingErrors.has(code);
}

/** The server's code behind an error of Drizzle, which wraps the driver's; null when it is not the server's. */
export function mysqlErrorCode(error: unknown): string | null {
  for (let current = error; current instanceof Error; current = current.cause) {
    const { code } = current as { code?: unknown };
    if (typeof code === "string") return code;
  }
  return null;
}
