-- Ends the building of an event's gate: settings, the highest rank, the count, open.
--
-- KEYS   1 meta, 2 users, 3 pending, 4 free
-- ARGV   1 version, 2 limit, 3 opensAtMs, 4 closesAtMs or "", 5 status, 6 next (highest rank)
-- Answer FENCE, "count_mismatch" (the gate stays as it was: closed), or "open".
--
-- Invariants: the gate opens only when every rank up to `next` is held or free (history 3); settings come in unless the
-- gate's are newer (history 19), and with the same version they replace whatever somebody has made of them here; with a
-- newer one the limit only grows. A raise counts at once: memory of "sold out" belongs to an epoch, and
-- this one has none yet.

local meta = read_meta()
if not may_build(meta) then
  return FENCE
end
if redis.call("HLEN", USERS) + redis.call("ZCARD", FREE) ~= tonumber(ARGV[6]) then
  return "count_mismatch"
end

local settings = {
  version = meta.version,
  limit = issue_limit(meta),
  opensAtMs = meta.opensAtMs,
  closesAtMs = meta.closesAtMs,
  status = meta.status,
}
local held_version = tonumber(meta.version) or -1
if tonumber(ARGV[1]) >= held_version then
  settings = {
    version = ARGV[1],
    limit = tonumber(ARGV[1]) == held_version and ARGV[2] or math.max(issue_limit(meta), tonumber(ARGV[2])),
    opensAtMs = ARGV[3],
    closesAtMs = ARGV[4],
    status = ARGV[5],
  }
end

redis.call(
  "HSET", META,
  "version", settings.version,
  "limit", settings.limit,
  "newLimit", "",
  "newLimitAtMs", "",
  "opensAtMs", settings.opensAtMs,
  "closesAtMs", settings.closesAtMs,
  "status", settings.status,
  "next", ARGV[6],
  "outbox", redis.call("HLEN", PENDING),
  "state", "open"
)
return "open"
