/**
 * The tables (ARCHITECTURE.md, "Data"). Times are UTC in datetime(3). Every promise that MySQL itself can keep is a key
 * or a CHECK here, so that one coupon per user, one per rank and no rank below 1 hold whatever the code does.
 */
import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  customType,
  datetime,
  index,
  int,
  mediumtext,
  mysqlEnum,
  mysqlTable,
  primaryKey,
  tinyint,
  unique,
  varchar,
} from "drizzle-orm/mysql-core";
import { CODE_LENGTH } from "#server/coupon/coupon-code";

/** Compared byte by byte: under the default collation `Kim` and `kim` would be one user (history 2). */
const asciiText = customType<{ data: string; driverData: string; config: { length: number } }>({
  dataType: (config) => `varchar(${config?.length ?? 64}) character set ascii collate ascii_bin`,
});

/** Exactly as long as it says, so that MySQL compares it without case rules or trailing spaces. */
const couponCode = customType<{ data: string; driverData: string }>({
  dataType: () => `char(${CODE_LENGTH}) character set ascii collate ascii_bin`,
});

/** Drizzle's own `binary` makes text of it, and loses what is none. */
const secretKey = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => "binary(16)" });

const userId = (name: string) => asciiText(name, { length: 64 });
/** Kafka allows 249 characters. */
const topicName = (name: string) => asciiText(name, { length: 249 });
/** UTC whatever the session's time zone is, unlike now(). */
export const utcNow = sql`(utc_timestamp(3))`;
const utcTime = (name: string) => datetime(name, { fsp: 3, mode: "date" });
/** Epochs stay far below 2^53. */
const epochNumber = (name: string) => bigint(name, { mode: "number", unsigned: true });

export const couponEvent = mysqlTable(
  "coupon_event",
  {
    id: int("id").autoincrement().primaryKey(),
    displayName: varchar("display_name", { length: 100 }).notNull(),
    issueLimit: int("issue_limit").notNull(),
    opensAt: utcTime("opens_at").notNull(),
    closesAt: utcTime("closes_at"),
    expiresAt: utcTime("expires_at").notNull(),
    discountType: mysqlEnum("discount_type", ["FIXED_AMOUNT", "PERCENT"]).notNull(),
    discountAmount: int("discount_amount").notNull(),
    status: mysqlEnum("status", ["active", "paused", "closed", "archived"]).notNull().default("active"),
    version: int("version").notNull().default(1),
    openedEpoch: epochNumber("opened_epoch"),
    // Coupon codes are derived from it. A default of the database, so that an event that was inserted by hand has one.
    // Null only in an event of a release without codes, until `npm run migrate` has given it one: MySQL refuses to
    // add a column whose default differs from row to row, so the column came first and its default afterwards.
    codeKey: secretKey("code_key").default(sql`(random_bytes(16))`),
    createdAt: utcTime("created_at").notNull().default(utcNow),
    updatedAt: utcTime("updated_at").notNull().default(utcNow),
  },
  (table) => [
    check("coupon_event_name_not_empty", sql`char_length(${table.displayName}) >= 1`),
    check("coupon_event_limit_in_bounds", sql`${table.issueLimit} between 1 and 10000000`),
    check(
      "coupon_event_window_in_order",
      sql`${table.opensAt} < ${table.expiresAt} and (${table.closesAt} is null or (${table.opensAt} < ${table.closesAt} and ${table.closesAt} <= ${table.expiresAt}))`,
    ),
    check(
      "coupon_event_discount_in_bounds",
      sql`${table.discountAmount} >= 1 and (${table.discountType} <> 'PERCENT' or ${table.discountAmount} <= 100)`,
    ),
    check("coupon_event_version_positive", sql`${table.version} >= 1`),
  ],
);

/** Rows are never deleted: a rebuild would give the rank away again. */
export const coupon = mysqlTable(
  "coupon",
  {
    id: bigint("id", { mode: "number", unsigned: true }).autoincrement().primaryKey(),
    couponEventId: int("coupon_event_id")
      .notNull()
      .references(() => couponEvent.id),
    userId: userId("user_id").notNull(),
    rank: int("rank").notNull(),
    claimedAt: utcTime("claimed_at").notNull(),
    issuedAt: utcTime("issued_at").notNull().default(utcNow),
    expiresAt: utcTime("expires_at").notNull(),
    usedAt: utcTime("used_at"),
    // Null only in rows of a release without codes, until `npm run migrate` has filled them.
    code: couponCode("code"),
  },
  (table) => [
    unique("coupon_one_per_user").on(table.userId, table.couponEventId),
    unique("coupon_one_per_rank").on(table.couponEventId, table.rank),
    unique("coupon_one_per_code").on(table.code),
    // A user's coupons, newest first, page by page.
    index("coupon_of_user_newest").on(table.userId, table.id),
    check("coupon_rank_positive", sql`${table.rank} >= 1`),
  ],
);

/** Where a record stood in the claim log. */
const origin = () => ({
  topic: topicName("topic").notNull(),
  partition: int("partition").notNull(),
  // A 64-bit number; the ports carry it as a decimal string.
  offset: bigint("offset", { mode: "bigint" }).notNull(),
});

/** Records that could not become a coupon for a reason of data. A parked seat counts as taken until discarded. */
export const failedEvent = mysqlTable(
  "failed_event",
  {
    id: bigint("id", { mode: "number", unsigned: true }).autoincrement().primaryKey(),
    ...origin(),
    // What the record says, not a reference: it may name an event that does not exist. Null when it names none.
    couponEventId: int("coupon_event_id"),
    recordKey: mediumtext("record_key"),
    rawValue: mediumtext("raw_value"),
    error: varchar("error", { length: 1000 }).notNull(),
    partitionEpoch: epochNumber("partition_epoch").notNull(),
    attempts: int("attempts").notNull().default(1),
    firstSeenAt: utcTime("first_seen_at").notNull().default(utcNow),
    lastSeenAt: utcTime("last_seen_at").notNull().default(utcNow),
    state: mysqlEnum("state", ["parked", "replayed", "discarded"]).notNull().default("parked"),
  },
  (table) => [
    unique("failed_event_origin").on(table.topic, table.partition, table.offset),
    index("failed_event_state").on(table.state, table.id),
    index("failed_event_of_event").on(table.couponEventId, table.state),
  ],
);

/** Valid records that did not become a row, with the row that stood in their place. */
export const issueConflict = mysqlTable(
  "issue_conflict",
  {
    id: bigint("id", { mode: "number", unsigned: true }).autoincrement().primaryKey(),
    kind: mysqlEnum("kind", ["rank_taken", "user_has_other_rank", "over_limit", "stale_epoch"]).notNull(),
    ...origin(),
    couponEventId: int("coupon_event_id"),
    record: mediumtext("record").notNull(),
    standingEventId: int("standing_event_id"),
    standingUserId: userId("standing_user_id"),
    standingRank: int("standing_rank"),
    standingClaimedAt: utcTime("standing_claimed_at"),
    createdAt: utcTime("created_at").notNull().default(utcNow),
  },
  (table) => [
    unique("issue_conflict_origin").on(table.topic, table.partition, table.offset),
    index("issue_conflict_kind").on(table.kind, table.id),
    index("issue_conflict_of_event").on(table.couponEventId, table.kind),
  ],
);

/** One row: the current generation of the gate. Every process takes topic and partitions from here. */
export const gateEpoch = mysqlTable(
  "gate_epoch",
  {
    id: tinyint("id").primaryKey(),
    epoch: epochNumber("epoch").notNull(),
    reason: varchar("reason", { length: 500 }).notNull(),
    beganAt: utcTime("began_at").notNull().default(utcNow),
    topic: topicName("topic").notNull(),
    partitions: int("partitions").notNull(),
  },
  (table) => [check("gate_epoch_one_row", sql`${table.id} = 1`)],
);

/** The epoch that each partition's reader has reached; only markers raise it. */
export const partitionEpoch = mysqlTable(
  "partition_epoch",
  {
    topic: topicName("topic").notNull(),
    partition: int("partition").notNull(),
    epoch: epochNumber("epoch").notNull(),
    updatedAt: utcTime("updated_at").notNull().default(utcNow),
  },
  (table) => [primaryKey({ name: "partition_epoch_source", columns: [table.topic, table.partition] })],
);
