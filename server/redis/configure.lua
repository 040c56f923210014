-- Applies a version of limit, window and status, if it is newer than the gate's.
--
-- KEYS   1 meta, 2 users, 3 pending, 4 free
-- ARGV   1 version, 2 limit, 3 opensAtMs, 4 closesAtMs or "", 5 status, 6 delay of a raised limit in ms
-- Answer FENCE, or { version held afterwards, ms until claims obey the limit }.
--
-- Invariants: the version only grows; the limit only grows (history 13); a raise counts for claims only after the
-- delay (history 23). One write, so that no version is applied by halves.

local meta = read_meta()
if not may_serve(meta) then
  return FENCE
end

local now = now_ms()
local version, raise_delay_ms = tonumber(ARGV[1]), tonumber(ARGV[6])
if version <= tonumber(meta.version) then
  local wait = limit_effective_in_ms(meta, now)
  if wait > raise_delay_ms then
    wait = raise_delay_ms -- the clock was set back since the raise: begin the wait again
    redis.call("HSET", META, "newLimitAtMs", now + wait)
  end
  return { tonumber(meta.version), wait }
end

local old_limit = issue_limit(meta)
local limit = math.max(old_limit, tonumber(ARGV[2]))
local obeyed = claim_limit(meta, now)

local new_limit, new_limit_at = "", ""
if limit > old_limit then
  new_limit, new_limit_at = limit, now + raise_delay_ms
elseif limit > obeyed then
  -- An earlier raise that still waits keeps its time, unless the clock was set back since.
  new_limit, new_limit_at = limit, math.min(tonumber(meta.newLimitAtMs), now + raise_delay_ms)
end

redis.call(
  "HSET", META,
  "version", version,
  "limit", obeyed,
  "newLimit", new_limit,
  "newLimitAtMs", new_limit_at,
  "opensAtMs", ARGV[3],
  "closesAtMs", ARGV[4],
  "status", ARGV[5]
)
return { version, new_limit == "" and 0 or new_limit_at - now }
