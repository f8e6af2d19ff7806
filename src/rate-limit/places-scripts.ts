import { luaScript } from './lua-script.js'

/**
 * A key holds who is in, by the instant at which their leases end, by the clock of the server. What else stands there counts as nothing,
 * and so does a lease that ends later than any can: the clock was set back, and whoever still runs renews it.
 */
export const enterScript = luaScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local token, lease, limit = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'zset' and kind ~= 'none' then redis.call('DEL', KEYS[1]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZREMRANGEBYSCORE', KEYS[1], now + math.max(lease, 3600000) + 1, '+inf')
local inside = redis.call('ZCARD', KEYS[1])
local known = redis.call('ZSCORE', KEYS[1], token)
if not known then
  if limit >= 0 and inside >= limit then return {0, 0} end
  inside = inside + 1
end
redis.call('ZADD', KEYS[1], now + lease, token)
redis.call('PEXPIRE', KEYS[1], math.max(redis.call('PTTL', KEYS[1]), lease))
return {1, limit - inside}`)

export const leaveScript = luaScript(`
redis.pcall('ZREM', KEYS[1], ARGV[1])
return 1`)
