-- What wrk sends, and how it counts what comes back: each request is the claim of another user, whose session cookie
-- was made before the round. The texts to look for are those of the API; a plain find keeps the counting cheap.

local find, sub, format = string.find, string.sub, string.format
local event, other = os.getenv("BENCH_EVENT"), os.getenv("BENCH_OTHER_EVENT")
local every = tonumber(os.getenv("BENCH_OTHER_EVERY") or "0")
local first, count = tonumber(os.getenv("BENCH_FIRST_USER")), tonumber(os.getenv("BENCH_USERS"))

local cookies, sent, number = {}, 0, 0
local threads = {}

-- Globals, because wrk hands only those from a thread to done().
won, repeated, sold_out, pending, unavailable, echoed, failed = 0, 0, 0, 0, 0, 0, 0
ranks = {}

function setup(thread)
  threads[#threads + 1] = thread
end

local function request_of(id)
  local body = format('{"eventId":%s}', id)
  local head = "POST " .. wrk.path .. " HTTP/1.1\r\nHost: " .. wrk.host .. ":" .. wrk.port
    .. "\r\nContent-Type: application/json\r\nContent-Length: " .. #body .. "\r\nCookie: "
  return head, "\r\n\r\n" .. body
end

function init()
  local line_number = 0
  for line in io.lines(os.getenv("BENCH_COOKIES")) do
    line_number = line_number + 1
    if line_number > first + count then break end
    if line_number > first then cookies[#cookies + 1] = line end
  end
  number = #cookies
  head, tail = request_of(event)
  other_head, other_tail = request_of(other or event)
end

function request()
  local cookie = cookies[sent % number + 1]
  sent = sent + 1
  if every > 0 and sent % every == 0 then return other_head .. cookie .. other_tail end
  return head .. cookie .. tail
end

-- Without a pattern: LuaJIT compiles no matching, and the whole function would be interpreted.
local function rank_in(body)
  local _, at = find(body, '"rank":', 1, true)
  return tonumber(sub(body, at + 1, find(body, ",", at, true) - 1))
end

function response(status, _, body)
  if status ~= 200 then
    failed = failed + 1
  elseif find(body, '"status":"sold_out"', 1, true) then
    sold_out = sold_out + 1
  elseif find(body, '"status":"won"', 1, true) then
    if find(body, '"repeat":true', 1, true) then
      repeated = repeated + 1
    else
      won = won + 1
      ranks[won] = rank_in(body)
    end
  elseif find(body, '"status":"already"', 1, true) then
    repeated = repeated + 1
  elseif find(body, '"status":"pending"', 1, true) then
    pending = pending + 1
  elseif find(body, '"status":"', 1, true) then
    unavailable = unavailable + 1
  else
    echoed = echoed + 1
  end
end

function done(summary, latency)
  local names = { "won", "repeated", "sold_out", "pending", "unavailable", "echoed", "failed" }
  local fields, told = {}, {}
  for _, name in ipairs(names) do
    local total = 0
    for _, thread in ipairs(threads) do total = total + thread:get(name) end
    fields[#fields + 1] = format('"%s":%d', name, total)
  end
  for _, thread in ipairs(threads) do
    for _, rank in ipairs(thread:get("ranks")) do told[#told + 1] = format("%d", rank) end
  end
  local errors = summary.errors
  local file = io.open(os.getenv("BENCH_RESULT"), "w")
  file:write(format(
    '{"requests":%d,"microseconds":%d,"socketErrors":%d,"p50Us":%.0f,"p99Us":%.0f,"answers":{%s},"ranks":[%s]}',
    summary.requests, summary.duration, errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99), table.concat(fields, ","), table.concat(told, ",")))
  file:close()
end
