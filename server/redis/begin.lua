-- Starts building an event's gate under this epoch: from here on no other epoch's script passes its fence.
--
-- KEYS   1 meta, 2 users, 3 pending, 4 free
-- ARGV   1 "first" at the first opening of the event, else "again"
-- Answer FENCE on a replica, "refused", or "begun".
--
-- Invariants: the epoch of an event only grows, so a guardian that was overtaken cannot come back (history 4); a
-- first opening never lies over something that exists (history 24); seats that are there stay (history 5). A key of
-- another type than its own holds none, and whatever touched it would fail: it goes.

local identity = server_identity()
if not identity then
  return FENCE
end
if ARGV[1] == "first" and redis.call("EXISTS", META, USERS, PENDING, FREE) > 0 then
  return "refused"
end

local types = { [META] = "hash", [USERS] = "hash", [PENDING] = "hash", [FREE] = "zset" }
for key, type in pairs(types) do
  local found = redis.call("TYPE", key).ok
  if found ~= type and found ~= "none" then
    redis.call("DEL", key)
  end
end
if (tonumber(redis.call("HGET", META, "epoch")) or 0) >= EPOCH then
  return "refused"
end

redis.call("HSET", META, "epoch", EPOCH, "state", "building", "replid", identity)
return "begun"
