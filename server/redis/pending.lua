-- One page of the outbox: pending seats of a certain age. Writes nothing.
--
-- KEYS   1 meta, 2 users, 3 pending, 4 free
-- ARGV   1 cursor ("0" to begin), 2 age in ms, 3 entries to look at: bounds the work of one call, since the outbox
--        can hold everything that was won while the claim log was away
-- Answer FENCE, or { next cursor ("0" at the end), then for each seat: user id, rank, claimedAtMs }.

if not may_serve(read_meta()) then
  return FENCE
end

local now = now_ms()
local claimed_before = now - tonumber(ARGV[2])
local page = redis.call("HSCAN", PENDING, ARGV[1], "COUNT", ARGV[3])
local entries = page[2]
local reply = { page[1] }
for i = 1, #entries, 2 do
  local rank, claimed_at = parse_seat(entries[i + 1])
  if not rank then
    return FENCE -- passed over, its holder would stay pending for ever
  end
  -- One from the future was claimed before the clock was set back: nobody knows how long ago, and nobody should wait
  -- until the clock has caught up.
  if claimed_at <= claimed_before or claimed_at > now then
    local size = #reply
    reply[size + 1], reply[size + 2], reply[size + 3] = entries[i], rank, claimed_at
  end
end
return reply
