-- Records events of one subject, in their order. Returns a digit for each: 1 recorded, 0 there already.
--
-- KEYS: latest   hash, kind -> "SECONDS.MICROS ID BODY" of the newest event of that kind;
--                day -> the day on which the keys' lifetime was last renewed
--       history  sorted set of the newest events: score SECONDS, member "MICROS ID KIND"
--       events   hash, ID -> BODY of each event in history
-- ARGV: the most events kept, the keys' lifetime in seconds, today as a number;
--       then for each event: kind, SECONDS (Unix time, floored), MICROS (six digits), ID, BODY
--
-- A score is a double. It holds every second of the years 1 to 9999 exactly, but microseconds only up to 2255, so
-- these lead the member: members of one score are ordered by their bytes. The lifetime is renewed once a day,
-- because three EXPIREs would be a quarter of what a record costs and half of what it adds to the append-only file.

local latest, history, events = KEYS[1], KEYS[2], KEYS[3]
local most, lifetime, today = tonumber(ARGV[1]), ARGV[2], ARGV[3]

-- Lua's < would follow the server's locale.
local function isGreater(one, other)
    for index = 1, math.min(#one, #other) do
        local left, right = one:byte(index), other:byte(index)
        if left ~= right then return left > right end
    end
    return #one > #other
end

local function isNewer(seconds, micros, id, held)
    local heldSeconds, heldMicros, heldID = held:match('^(%-?%d+)%.(%d+) (%S+) ')
    if seconds ~= heldSeconds then return tonumber(seconds) > tonumber(heldSeconds) end
    if micros ~= heldMicros then return tonumber(micros) > tonumber(heldMicros) end
    return isGreater(id, heldID)
end

local outcomes, renewed = '', today
for first = 4, #ARGV, 5 do
    local kind, seconds, micros, id, body = unpack(ARGV, first, first + 4)
    if redis.call('HSETNX', events, id, body) == 0 then
        outcomes = outcomes .. '0'
    else
        outcomes = outcomes .. '1'
        redis.call('ZADD', history, seconds, micros .. ' ' .. id .. ' ' .. kind)
        local excess = redis.call('ZCARD', history) - most
        if excess > 0 then
            local oldest = redis.call('ZPOPMIN', history, excess)
            for index = 1, #oldest, 2 do
                redis.call('HDEL', events, oldest[index]:match(' (%S+) '))
            end
        end
        local held = redis.call('HMGET', latest, kind, 'day')
        if not held[1] or isNewer(seconds, micros, id, held[1]) then
            redis.call('HSET', latest, kind, seconds .. '.' .. micros .. ' ' .. id .. ' ' .. body)
        end
        renewed = held[2]
    end
end
if renewed ~= today then
    redis.call('HSET', latest, 'day', today)
    redis.call('EXPIRE', latest, lifetime)
    redis.call('EXPIRE', history, lifetime)
    redis.call('EXPIRE', events, lifetime)
end
return outcomes
