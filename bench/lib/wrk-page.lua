-- For pages: wrk sends the same request again and again and counts by itself; this writes down what it has counted.
-- Without a function for answers wrk does not look into them, so that a page costs the generator little.

function done(summary, latency)
  local errors = summary.errors
  local file = io.open(os.getenv("BENCH_RESULT"), "w")
  file:write(string.format(
    '{"requests":%d,"microseconds":%d,"bytes":%.0f,"refused":%d,"socketErrors":%d,"p99Us":%.0f}',
    summary.requests, summary.duration, summary.bytes, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(99)))
  file:close()
end
