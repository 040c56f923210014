-- The event as its gate sees it, and the seats of up to 256 users. Writes nothing.
--
-- KEYS   1 meta, 2 users, 3 pending, 4 free
-- ARGV   user ids, possibly none
-- Answer FENCE, or { now, version, limit, opensAtMs, closesAtMs or "", status, limit that claims obey,
--        ms until they obey the raised one, next, free, pending, holders,
--        then for each user: rank, claimedAtMs, 1 if pending else 0 }. Rank 0: holds no seat.

local meta = read_meta()
if not may_serve(meta) then
  return FENCE
end

local now = now_ms()
local reply = {
  now,
  tonumber(meta.version),
  issue_limit(meta),
  tonumber(meta.opensAtMs),
  meta.closesAtMs,
  meta.status,
  claim_limit(meta, now),
  limit_effective_in_ms(meta, now),
  tonumber(meta.next),
  redis.call("ZCARD", FREE),
  redis.call("HLEN", PENDING),
  redis.call("HLEN", USERS),
}

if #ARGV == 0 then
  return reply
end

local held = redis.call("HMGET", USERS, unpack(ARGV))
local unlogged = redis.call("HMGET", PENDING, unpack(ARGV))
for index = 1, #ARGV do
  local rank, claimed_at, pending = 0, 0, 0
  if held[index] then
    rank, claimed_at = parse_seat(held[index])
    if not rank then
      return FENCE -- the entry is no seat: a rebuild has to look
    end
    pending = unlogged[index] and 1 or 0
  end
  local size = #reply
  reply[size + 1], reply[size + 2], reply[size + 3] = rank, claimed_at, pending
end
return reply
