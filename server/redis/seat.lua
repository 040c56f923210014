-- A seat as the hashes hold it: `rank|claimedAtMs`, as in keys.ts. Part of several scripts.

local function encode_seat(rank, claimed_at_ms)
  return string.format("%.0f|%.0f", rank, claimed_at_ms)
end

-- Nil when the entry is not a seat.
local function parse_seat(entry)
  local rank, claimed_at_ms = string.match(entry, "^([1-9]%d*)|(%d+)$")
  return tonumber(rank), tonumber(claimed_at_ms)
end
