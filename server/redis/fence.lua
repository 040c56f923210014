-- The fence, in front of every script. scripts.ts puts `local EPOCH = <number>` above it, so that the epoch is
-- part of the text and each epoch's scripts have SHAs of their own (docs/protocol.md).
--
-- KEYS  1 meta, 2 users, 3 pending, 4 free: the four keys of one event (keys.ts)
-- A script that does not pass answers FENCE and writes nothing.

local META, USERS, PENDING, FREE = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local FENCE = "FENCE"

local function read_meta()
  local flat = redis.call("HGETALL", META)
  local meta = {}
  for i = 1, #flat, 2 do
    meta[flat[i]] = flat[i + 1]
  end
  return meta
end

-- The replication id names one history of the data: a server that was demoted and promoted again has another one,
-- although it still knows the scripts (history 7). A replica shows its master's id, so it has none of its own here.
local function server_identity()
  local info = redis.call("INFO", "replication")
  if not string.find(info, "role:master", 1, true) then
    return nil
  end
  return string.match(info, "master_replid:(%x+)")
end

local function belongs_here(meta, state)
  local identity = server_identity()
  return identity ~= nil and meta.replid == identity and meta.state == state and tonumber(meta.epoch) == EPOCH
end

-- For scripts of the guardian, while it builds.
local function may_build(meta)
  return belongs_here(meta, "building")
end

-- Whoever may write to the keys may write nonsense: a script that stumbled over it would answer for no event at all.
local STATUSES = { active = true, paused = true, closed = true, archived = true }
local function is_well_formed(meta)
  return tonumber(meta.version)
    and tonumber(meta.limit)
    and tonumber(meta.opensAtMs)
    and (meta.closesAtMs == "" or tonumber(meta.closesAtMs))
    and STATUSES[meta.status]
    and (meta.newLimit == "" or (tonumber(meta.newLimit) and tonumber(meta.newLimitAtMs)))
end

-- For everybody else. Every rank up to `next` is held or free; a lost or a leaked one makes the sum wrong. The outbox
-- is counted as well: without its entry a reservation would look like a seat whose record is in the log (history 30).
local function may_serve(meta)
  return belongs_here(meta, "open")
    and is_well_formed(meta)
    and redis.call("HLEN", USERS) + redis.call("ZCARD", FREE) == tonumber(meta.next)
    and redis.call("HLEN", PENDING) == tonumber(meta.outbox)
end
