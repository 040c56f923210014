-- Writes one chunk of differences into a gate that is being built.
--
-- KEYS   1 meta, 2 users, 3 pending, 4 free
-- ARGV   1 "clear" to empty the free set first, else "keep"; then four lists, each with its length in front:
--        users to remove, pending entries to remove, free ranks, and seats (user id, `rank|claimedAtMs`,
--        "pending" or "logged"). At most 1,000 entries in all.
-- Answer FENCE, or "put".
--
-- Invariant: a seat is in pending exactly when the chunk says so. Written again, a chunk changes nothing.

if not may_build(read_meta()) then
  return FENCE
end

local position = 2
local function read_list(width)
  local size = tonumber(ARGV[position]) * width
  local list = {}
  for i = 1, size do
    list[i] = ARGV[position + i]
  end
  position = position + size + 1
  return list
end

local remove_users, remove_pending, free_ranks, seats = read_list(1), read_list(1), read_list(1), read_list(3)
local users, pending, free = {}, {}, {}
for i = 1, #seats, 3 do
  local user, entry = seats[i], seats[i + 1]
  users[#users + 1], users[#users + 2] = user, entry
  if seats[i + 2] == "pending" then
    pending[#pending + 1], pending[#pending + 2] = user, entry
  else
    remove_pending[#remove_pending + 1] = user
  end
end
for i, rank in ipairs(free_ranks) do
  free[2 * i - 1], free[2 * i] = rank, rank -- score and member
end

local function write(command, key, arguments)
  if #arguments > 0 then
    redis.call(command, key, unpack(arguments))
  end
end

if ARGV[1] == "clear" then
  redis.call("DEL", FREE)
end
write("HDEL", USERS, remove_users)
write("HDEL", PENDING, remove_pending)
write("HSET", PENDING, pending)
write("HSET", USERS, users)
write("ZADD", FREE, free)
return "put"
