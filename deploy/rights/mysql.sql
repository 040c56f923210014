-- What each of Sunchak's accounts may do in MySQL. Run it as an administrator with the product's database selected,
-- after every `npm run migrate`; it may be repeated, and takes nothing back:
--
--   mysql … sunchak < deploy/rights/mysql.sql
--
-- The accounts it creates cannot be used until you give each of them a password:
--
--   ALTER USER 'sunchak-web'@'%' IDENTIFIED BY '…' REQUIRE SSL ACCOUNT UNLOCK;
--
-- (without REQUIRE SSL only where DATABASE_TLS=no and nobody can listen on the way).
--
-- Nobody may DELETE or DROP anything, or change who holds which rank. The key of an event's coupon codes is read by the
-- worker alone, which makes the codes; so columns of coupon_event are named one by one.

-- A web process has 12 connections at most (10 for wallets and uses, 2 for the epoch), so this is enough for ten of them,
-- those counted that a rolling restart runs beside each other. Whatever becomes of them, worker, guardian (12 each) and
-- an administrator still get in, as long as it stays that much below max_connections (151 unless set). The number is
-- given once, when the account is made; afterwards it is yours:
--
--   ALTER USER 'sunchak-web'@'%' WITH MAX_USER_CONNECTIONS …;
--
CREATE USER IF NOT EXISTS 'sunchak-web'@'%' WITH MAX_USER_CONNECTIONS 120 ACCOUNT LOCK;
CREATE USER IF NOT EXISTS 'sunchak-worker'@'%', 'sunchak-guardian'@'%' ACCOUNT LOCK;

-- web: tells what there is, and marks a coupon as used.
GRANT SELECT ON gate_epoch TO 'sunchak-web'@'%';
GRANT SELECT (id, display_name, issue_limit, opens_at, closes_at, expires_at, discount_type, discount_amount, status, version, opened_epoch, created_at, updated_at)
  ON coupon_event TO 'sunchak-web'@'%';
GRANT SELECT, UPDATE (used_at) ON coupon TO 'sunchak-web'@'%';

-- worker: issues coupons from the claim log, parks what cannot be issued, and replays it. A statement that meets a row
-- which is there already sets one column to what it is, and needs the right to change that column.
GRANT SELECT ON gate_epoch TO 'sunchak-worker'@'%';
GRANT SELECT ON coupon_event TO 'sunchak-worker'@'%';
GRANT SELECT, INSERT, UPDATE (issued_at) ON coupon TO 'sunchak-worker'@'%';
GRANT SELECT, INSERT, UPDATE (epoch, updated_at) ON partition_epoch TO 'sunchak-worker'@'%';
GRANT SELECT, INSERT, UPDATE (kind) ON issue_conflict TO 'sunchak-worker'@'%';
GRANT SELECT, INSERT, UPDATE (coupon_event_id, record_key, raw_value, error, partition_epoch, attempts, last_seen_at, state)
  ON failed_event TO 'sunchak-worker'@'%';

-- guardian: begins epochs, opens and archives events, and compares seats with rows.
GRANT SELECT, UPDATE (epoch, reason, began_at, topic, partitions) ON gate_epoch TO 'sunchak-guardian'@'%';
GRANT SELECT ON partition_epoch TO 'sunchak-guardian'@'%';
GRANT SELECT (id, display_name, issue_limit, opens_at, closes_at, expires_at, discount_type, discount_amount, status, version, opened_epoch, created_at, updated_at),
  UPDATE (status, version, opened_epoch, updated_at)
  ON coupon_event TO 'sunchak-guardian'@'%';
GRANT SELECT (id, coupon_event_id, user_id, `rank`, claimed_at) ON coupon TO 'sunchak-guardian'@'%';
GRANT SELECT ON failed_event TO 'sunchak-guardian'@'%';
GRANT SELECT ON issue_conflict TO 'sunchak-guardian'@'%';
