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
--
-- Keys of another type fail before anything is written, because each is read or written for the first time in turn. The
-- first write fails alone when the server accepts no writes. A later one fails only for want of a right: its event is
-- taken back, so that it can be recorded again, and the error begins with HALF.

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

-- Whether anything was written, and the ID whose event is not whole yet.
local hasWritten, current = false, nil

local function record()
    local call = redis.call
    local outcomes, renewed = '', today
    for first = 4, #ARGV, 5 do
        local kind, seconds, micros, id, body = unpack(ARGV, first, first + 4)
        local held = call('HMGET', latest, kind, 'day')
        local newer = not held[1] or isNewer(seconds, micros, id, held[1])
        local excess = call('ZCARD', history) + 1 - most
        if call('HSETNX', events, id, body) == 0 then
            outcomes = outcomes .. '0'
        else
            hasWritten, current = true, id
            call('ZADD', history, seconds, micros .. ' ' .. id .. ' ' .. kind)
            if newer then
                call('HSET', latest, kind, seconds .. '.' .. micros .. ' ' .. id .. ' ' .. body)
            end
            current = nil
            if excess > 0 then
                local oldest = call('ZPOPMIN', history, excess)
                for index = 1, #oldest, 2 do
                    call('HDEL', events, oldest[index]:match(' (%S+) '))
                end
            end
            renewed = held[2]
            outcomes = outcomes .. '1'
        end
    end
    if renewed ~= today then
        call('EXPIRE', latest, lifetime)
        call('EXPIRE', history, lifetime)
        call('EXPIRE', events, lifetime)
        call('HSET', latest, 'day', today)
    end
    return outcomes
end

local isWhole, result = pcall(record)
if isWhole then return result end
local text = type(result) == 'table' and result.err or tostring(result)
if current then redis.pcall('HDEL', events, current) end
return redis.error_reply((hasWritten and 'HALF ' or '') .. text)
