-- Reading the settings in meta: the gate's clock, and the limit with its delayed raise. Part of several scripts.

local function now_ms()
  local time = redis.call("TIME")
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- What the operator has promised: "sold out" is judged by this one, at once.
local function issue_limit(meta)
  return math.max(tonumber(meta.limit) or 0, tonumber(meta.newLimit) or 0)
end

-- 0 when claims obey the issue limit already.
local function limit_effective_in_ms(meta, now)
  if not tonumber(meta.newLimit) then
    return 0
  end
  return math.max(0, tonumber(meta.newLimitAtMs) - now)
end

-- What claims obey: a raise waits until no process says "sold out" from memory any more (history 23).
local function claim_limit(meta, now)
  if limit_effective_in_ms(meta, now) > 0 then
    return tonumber(meta.limit)
  end
  return issue_limit(meta)
end
