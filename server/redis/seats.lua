-- One page of an event's seats, for whoever compares them with the rows. Writes nothing.
--
-- KEYS   1 meta, 2 users, 3 pending, 4 free
-- ARGV   1 cursor ("0" to begin), 2 entries to look at: bounds the work of one call
-- Answer FENCE, or { next cursor ("0" at the end), then for each entry: user id, rank, claimedAtMs, 1 if pending else 0 }.
--        Rank 0: the entry is no seat. An entry may come twice, as with every scan, and none is left out that was
--        there from the first call to the last: within an epoch no seat goes.

if not may_serve(read_meta()) then
  return FENCE
end

local page = redis.call("HSCAN", USERS, ARGV[1], "COUNT", ARGV[2])
local entries = page[2]
local reply = { page[1] }
for i = 1, #entries, 2 do
  local rank, claimed_at = parse_seat(entries[i + 1])
  local size = #reply
  reply[size + 1] = entries[i]
  reply[size + 2] = rank or 0
  reply[size + 3] = claimed_at or 0
  reply[size + 4] = redis.call("HEXISTS", PENDING, entries[i])
end
return reply
