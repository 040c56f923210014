-- One page of what an event's gate holds, while it is being built. Writes nothing.
--
-- KEYS   1 meta, 2 users, 3 pending, 4 free
-- ARGV   1 "users" or "pending", 2 cursor ("0" to begin), 3 entries to look at
-- Answer FENCE, or { next cursor ("0" at the end), then field, value, field, value … as they stand }.
--        An entry may come twice, as with every scan.

if not may_build(read_meta()) then
  return FENCE
end

local key = ARGV[1] == "users" and USERS or PENDING
local page = redis.call("HSCAN", key, ARGV[2], "COUNT", ARGV[3])
local reply = page[2]
table.insert(reply, 1, page[1])
return reply
