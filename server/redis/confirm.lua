-- Removes pending entries whose record is known to be in the claim log.
--
-- KEYS   1 meta, 2 users, 3 pending, 4 free
-- ARGV   user id, rank; for at most 256 seats
-- Answer FENCE, or the number of entries removed.
--
-- Invariants: an entry goes only when its rank is the one that was acknowledged; HLEN(pending) = outbox.

if not may_serve(read_meta()) then
  return FENCE
end

local logged = {}
for i = 1, #ARGV, 2 do
  local entry = redis.call("HGET", PENDING, ARGV[i])
  if entry and parse_seat(entry) == tonumber(ARGV[i + 1]) then
    logged[#logged + 1] = ARGV[i]
  end
end

if #logged == 0 then
  return 0
end
redis.call("HINCRBY", META, "outbox", -#logged)
return redis.call("HDEL", PENDING, unpack(logged))
