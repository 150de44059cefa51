-- Requests for wrk, made beforehand, one per host; arguments: HOSTS METHOD PATH BODY-BYTES CONNECTION.
local requests, hosts, at = {}, 0, 0

-- A stride that is prime to any count of hosts we use, so neighbours in time are no neighbours in a table.
local STRIDE = 617

function init(args)
   hosts = tonumber(args[1])
   local method, path, size, connection = args[2], args[3], tonumber(args[4]), args[5]
   local body = size > 0 and string.rep("x", size) or nil
   for i = 0, hosts - 1 do
      local headers = { Host = "host" .. i .. ".bench.test", Accept = "*/*", ["User-Agent"] = "wrk" }
      if connection ~= "keep-alive" then headers.Connection = connection end
      requests[i] = wrk.format(method, path, headers, body)
   end
end

function request()
   at = (at + STRIDE) % hosts
   return requests[at]
end

function done(summary, latency)
   local e = summary.errors
   io.write(string.format("\nops=%d seconds=%.4f errors=%d p50_us=%d p99_us=%d\n",
      summary.requests, summary.duration / 1e6, e.connect + e.read + e.write + e.status + e.timeout,
      latency:percentile(50), latency:percentile(99)))
end
