-- Decides for up to 256 users who is in. Everything about first come, first served happens here.
--
-- KEYS   1 meta, 2 users, 3 pending, 4 free
-- ARGV   user ids, each once
-- Answer FENCE, or { now, issue limit, opensAtMs, then for each user: code, rank, claimedAtMs }, integers only.
--        Codes: 1 new seat; 2 seated before, record in the log; 3 seated before, still pending;
--        4 sold out; 5 not open; 6 closed; 7 paused. Rank and time are 0 without a seat.
--
-- Invariants: a user has one rank and a rank one user; HLEN(users) + ZCARD(free) = next <= limit; every new seat
-- is in pending, and HLEN(pending) = outbox. All checks stand before the first write. The order of writes is next, pending, users: an error
-- half-way only leaks a rank, and the sum of the fence finds that.

local NEW, REPEAT, REPEAT_PENDING, SOLD_OUT, NOT_OPEN, CLOSED, PAUSED = 1, 2, 3, 4, 5, 6, 7

local meta = read_meta()
if not may_serve(meta) then
  return FENCE
end

local now = now_ms()
local limit = claim_limit(meta, now)
local opens_at, closes_at = tonumber(meta.opensAtMs), tonumber(meta.closesAtMs)

local function refusal()
  if meta.status == "closed" or meta.status == "archived" or (closes_at and now >= closes_at) then
    return CLOSED
  end
  if meta.status ~= "active" then
    return PAUSED
  end
  if now < opens_at then
    return NOT_OPEN
  end
  return nil
end

local held = redis.call("HMGET", USERS, unpack(ARGV))
local unlogged = redis.call("HMGET", PENDING, unpack(ARGV))
local refused = refusal()
local free = refused and {} or redis.call("ZRANGE", FREE, 0, #ARGV - 1)

local highest = tonumber(meta.next)
local from_free = {}
local new_seats = {}

-- Gaps first; nil when every seat is taken.
local function take_rank()
  if #from_free < #free then
    from_free[#from_free + 1] = free[#from_free + 1]
    return tonumber(from_free[#from_free])
  end
  if highest < limit then
    highest = highest + 1
    return highest
  end
  return nil
end

local reply = { now, issue_limit(meta), opens_at }
local function answer(code, rank, claimed_at)
  local size = #reply
  reply[size + 1], reply[size + 2], reply[size + 3] = code, rank or 0, claimed_at or 0
end

for index, user in ipairs(ARGV) do
  if held[index] then
    local rank, claimed_at = parse_seat(held[index])
    if not rank then
      return FENCE -- the entry is no seat: a rebuild has to look
    end
    answer(unlogged[index] and REPEAT_PENDING or REPEAT, rank, claimed_at)
  elseif refused then
    answer(refused)
  else
    local rank = take_rank()
    if rank then
      new_seats[#new_seats + 1] = user
      new_seats[#new_seats + 1] = encode_seat(rank, now)
      answer(NEW, rank, now)
    else
      answer(SOLD_OUT)
    end
  end
end

if #new_seats > 0 then
  if #from_free > 0 then
    redis.call("ZREM", FREE, unpack(from_free))
  end
  redis.call("HSET", META, "next", highest, "outbox", tonumber(meta.outbox) + #new_seats / 2)
  redis.call("HSET", PENDING, unpack(new_seats))
  redis.call("HSET", USERS, unpack(new_seats))
end
return reply
