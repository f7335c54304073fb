-- Records or removes events of one subject, or brings its keys into this layout, which is number 2.
--
-- KEYS: latest   string: the layout's number, the day, flags, and for each kind how many events are kept and the length of
--                its newest one (`header` below); then the SEGMENT of the newest of each kind; then for each kind that
--                has dropped events the newest of these: the kind's letter, TIME, a byte as in SEGMENT, ID
--       events   hash, ID -> VALUE of every event that is kept
--       history  sorted set for the kinds whose history has been full: the order of their events. All scores are 0, so
--                that members are ordered by their bytes: the kind's letter, TIME, ID
--       then a key for each receipt: string, DIGEST TIME BODY, and of a recording OUTCOME
-- VALUE: the kind's letter, TIME, TIME of the recording, and the figures; `PackedEvent` writes and reads them. After a
--        capital letter follows the event's body instead, as layout 1 has it.
-- SEGMENT: TIME, a byte that is 32 more than the bytes of ID, ID, the body; or VALUE in place of the body, when the kind's flag says so
-- TIME: ten digits of base 64 for the microseconds since the year 1, which bytes order as time does.
-- ARGV: 'record', today as a number, the most events of a kind, then in one text the most queries, the TIME since when
--       they are kept, the keys' lifetime in seconds and that of receipts; then for each event: ID, VALUE, SEGMENT,
--       how many of the body's bytes tell the event itself, and the receipt without its OUTCOME, or ''. Returns a letter
--       for each event.
--       'remove', the lifetime of receipts, ID, the receipt or ''. Returns a letter.
--       'upgrade'. Returns nothing.
--       'bury'. Deletes all of an erased subject. Returns nothing.
--
-- To keep a subject under another token, KEYS have `latest`, `events`, `history` and any receipts of the former token.
--       'rename', with as many KEYS of the other token behind them. Returns nothing.
--       'pack'. Returns for each of KEYS its lifetime in milliseconds, 0 for none, and its content; two empty texts for
--       a key that is not there.
--       'unpack', what 'pack' has returned, then in one text the lifetime of the mark and the former token; KEYS are
--       those of the other token, and the last one is the mark, a string that tells the former token. Returns for each
--       of the others 1 when what is left under the former token is a copy, else 0.
-- What the other token has stays, and its like stays under the former one: the first three keys together, each receipt
-- by itself.
--
-- Of an erased subject `latest` alone is left, without a lifetime: the one byte 3, beside which nothing is recorded. Its
-- tombstone lies in a hash of another slot, `SubjectKey` tells where.
--
-- Layout 1 had a hash at `latest`, kind -> "SECONDS.MICROS ID BODY" and day; the order of all events at `history`, score
-- SECONDS, member "MICROS ID KIND"; and at `events` ID -> BODY. It is rewritten before anything else is done.
--
-- The lifetime is renewed once a day. The first write fails alone when the server accepts no writes. A later one fails
-- only for want of a right: the new events are taken back, and the error begins with HALF.

local latest, events, history = KEYS[1], KEYS[2], KEYS[3]
local header = '>BI4BI2I4I2I4I2I4'
local headerBytes = 24
local nobody = '----------'
local erased = '\3'
local struct, redis = struct, redis

-- Lua's < would follow the server's locale.
local function isGreater(one, other)
    for index = 1, math.min(#one, #other) do
        local left, right = one:byte(index), other:byte(index)
        if left ~= right then return left > right end
    end
    return #one > #other
end

-- The usual case is a new event of a kind that has room, alone, on a day that has seen another. It is recorded by changes
-- to the text at `latest`, at half the cost of taking all of it apart. Returns nothing in every other case.
local function recordNew()
    local id, value = ARGV[5], ARGV[6]
    local held = redis.pcall('GET', latest)
    if type(held) == 'table' then return end
    local day, today = nil, tonumber(ARGV[2])
    local version, flags, countQ, bytesQ, countM, bytesM, countP, bytesP
    if held then
        if #held < headerBytes then return end
        version, day, flags, countQ, bytesQ, countM, bytesM, countP, bytesP = struct.unpack(header, held)
        if version ~= 2 or day ~= today or flags ~= 0 then return end
    else
        countQ, bytesQ, countM, bytesM, countP, bytesP = 0, 0, 0, 0, 0, 0
    end
    local letter = value:byte(1)
    local start, bytes, count = headerBytes, nil, nil
    if letter == 109 then
        start, bytes, count = start + bytesQ, bytesM, countM
        countM = countM + 1
    elseif letter == 112 then
        start, bytes, count = start + bytesQ + bytesM, bytesP, countP
        countP = countP + 1
    elseif letter == 113 then
        bytes, count = bytesQ, countQ
        countQ = countQ + 1
    else
        return
    end
    if count >= tonumber(ARGV[3]) then return end
    local isNewer = bytes == 0
    if not isNewer then
        local high, low = struct.unpack('>I5I5', value, 2)
        local heldHigh, heldLow = struct.unpack('>I5I5', held, start + 1)
        if high == heldHigh and low == heldLow then
            isNewer = isGreater(id, held:sub(start + 12, start + held:byte(start + 11) - 21))
        else
            isNewer = high > heldHigh or high == heldHigh and low > heldLow
        end
    end
    local done = redis.pcall('HSETNX', events, id, value)
    if done == 0 then return end
    if type(done) == 'table' then return done end
    if not isNewer then
        local text = struct.pack(header, 2, today, 0, countQ, bytesQ, countM, bytesM, countP, bytesP)
        done = redis.pcall('SETRANGE', latest, 0, text)
    else
        local segment = ARGV[7]
        if letter == 109 then
            bytesM = #segment
        elseif letter == 112 then
            bytesP = #segment
        else
            bytesQ = #segment
        end
        local text = struct.pack(header, 2, today, 0, countQ, bytesQ, countM, bytesM, countP, bytesP)
        if held then
            text = text .. held:sub(headerBytes + 1, start) .. segment .. held:sub(start + bytes + 1)
            done = redis.pcall('SET', latest, text, 'KEEPTTL')
        else
            local lifetime = ARGV[4]:match('^%d+ %S+ (%d+)')
            done = redis.pcall('SET', latest, text .. segment, 'EX', lifetime)
            if not done.err then done = redis.pcall('EXPIRE', events, lifetime) end
        end
    end
    if type(done) ~= 'table' or not done.err then return '1' end
    if held then redis.pcall('HDEL', events, id) end
    return redis.error_reply('HALF ' .. done.err)
end

if #ARGV == 9 and ARGV[9] == '' then
    local result = recordNew()
    if result then return result end
end

local call = redis.call
-- The kinds by the first byte of a VALUE, and the letters of their order and of the order's end.
local kindOf = {[113] = 1, [109] = 2, [112] = 3, [81] = 1, [77] = 2, [80] = 3}
local letters, ends = {'q', 'm', 'p'}, {'r', 'n', 'q'}
local hasWritten, added = false, {}

local function isNewer(time, id, kind)
    if time ~= kind.time then return isGreater(time, kind.time) end
    return isGreater(id, kind.id)
end

local function refuse()
    error({err = 'WRONGTYPE the value is not of this layout'})
end

local digits = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'

-- Ten digits for SECONDS since 1970 and MICROS, computed in parts that a double holds exactly.
local function timeText(seconds, micros)
    seconds = seconds + 62135596800
    local high = math.floor(seconds / 32768) * 1000000
    local low = seconds % 32768 * 1000000 + micros
    local sum = high % 32768 * 32768 + low % 1073741824
    high = math.floor(high / 32768) + math.floor(low / 1073741824) + math.floor(sum / 1073741824)
    local text = ''
    for _, part in ipairs({sum % 1073741824, high}) do
        for _ = 1, 5 do
            local digit = part % 64 + 1
            text = digits:sub(digit, digit) .. text
            part = math.floor(part / 64)
        end
    end
    return text
end

local function emptyKind()
    return {count = 0, time = nobody, id = '', segment = '', isPacked = false, isOrdered = false}
end

local function write(subject, lifetime)
    local q, m, p = subject[1], subject[2], subject[3]
    local flags = (q.isPacked and 1 or 0) + (m.isPacked and 2 or 0) + (p.isPacked and 4 or 0)
        + (q.isOrdered and 8 or 0) + (m.isOrdered and 16 or 0) + (p.isOrdered and 32 or 0)
    local value = struct.pack(header, 2, subject.day, flags, q.count, #q.segment, m.count, #m.segment, p.count,
        #p.segment) .. q.segment .. m.segment .. p.segment
    for number, kind in ipairs(subject) do
        local dropped = kind.dropped
        if dropped then
            value = value .. letters[number] .. dropped.time .. string.char(#dropped.id + 32) .. dropped.id
        end
    end
    if lifetime then
        call('SET', latest, value, 'EX', lifetime)
    else
        call('SET', latest, value, 'KEEPTTL')
    end
    hasWritten = true
end

-- Puts an event in the place of the newest of its kind, by its VALUE alone.
local function setNewest(kind, id, value)
    kind.id, kind.time = id, value:sub(2, 11)
    kind.isPacked = value:byte(1) > 90
    kind.segment = kind.time .. string.char(#id + 32) .. id .. (kind.isPacked and value or value:sub(22))
end

local function upgrade()
    local fields = call('HGETALL', latest)
    local subject = {emptyKind(), emptyKind(), emptyKind(), day = 0}
    local names = {bureau_query = 1, movement = 2, card_purchase = 3}
    local bodies, order, values = call('HGETALL', events), call('ZRANGE', history, 0, -1, 'WITHSCORES'), {}
    for index = 1, #bodies, 2 do values[bodies[index]] = bodies[index + 1] end
    local writes = {}
    local function add(name, seconds, micros, id, body)
        local kind = names[name]
        local value = body
        -- A rewriting that ended halfway has left values of this layout.
        if not kindOf[body:byte(1) or 0] then
            value = letters[kind]:upper() .. timeText(tonumber(seconds), tonumber(micros)) .. nobody .. body
            writes[#writes + 1] = id
            writes[#writes + 1] = value
        end
        kind = subject[kind]
        kind.count = kind.count + 1
        if isNewer(value:sub(2, 11), id, kind) then setNewest(kind, id, value) end
    end
    for index = 1, #order, 2 do
        local micros, id, name = order[index]:match('^(%d+) (%S+) (%S+)$')
        if values[id] then add(name, order[index + 1], micros, id, values[id]) end
    end
    for index = 1, #fields, 2 do
        local name, text = fields[index], fields[index + 1]
        if name == 'day' then
            subject.day = tonumber(text)
        elseif not names[name] then
            refuse()
        else
            local seconds, micros, id, body = text:match('^(%-?%d+)%.(%d+) (%S+) (.*)$')
            if not values[id] then add(name, seconds, micros, id, body) end
        end
    end
    for first = 1, #writes, 200 do
        call('HSET', events, unpack(writes, first, math.min(first + 199, #writes)))
        hasWritten = true
    end
    call('DEL', history)
    write(subject)
    return subject
end

-- Reads what is known of the subject; nothing of one who was erased.
local function read()
    local held = redis.pcall('GET', latest)
    if held == erased then return nil end
    if not held then return {emptyKind(), emptyKind(), emptyKind(), day = 0} end
    if type(held) == 'table' and held.err:find('WRONGTYPE', 1, true) then return upgrade() end
    if type(held) == 'table' then error(held) end
    if held:byte(1) ~= 2 or #held < headerBytes then refuse() end
    local _, day, flags, countQ, bytesQ, countM, bytesM, countP, bytesP = struct.unpack(header, held)
    local at = headerBytes
    local function part(count, bytes, packed, ordered)
        local kind = emptyKind()
        kind.count, kind.segment = count, held:sub(at + 1, at + bytes)
        kind.isPacked, kind.isOrdered = flags % (2 * packed) >= packed, flags % (2 * ordered) >= ordered
        at = at + bytes
        if bytes > 0 then
            kind.time = kind.segment:sub(1, 10)
            kind.id = kind.segment:sub(12, kind.segment:byte(11) - 21)
        end
        return kind
    end
    local subject = {part(countQ, bytesQ, 1, 8), part(countM, bytesM, 2, 16), part(countP, bytesP, 4, 32), day = day}
    while at < #held do
        local last = at + held:byte(at + 12) - 20
        subject[kindOf[held:byte(at + 1)]].dropped = {time = held:sub(at + 2, at + 11), id = held:sub(at + 13, last)}
        at = last
    end
    return subject
end

-- Notes the order of a kind whose history is full.
local function makeOrder(subject, number, lifetime)
    local held = call('HGETALL', events)
    local members = {}
    for index = 1, #held, 2 do
        local value = held[index + 1]
        if kindOf[value:byte(1)] == number then
            members[#members + 1] = 0
            members[#members + 1] = letters[number] .. value:sub(2, 11) .. held[index]
        end
    end
    for first = 1, #members, 200 do
        call('ZADD', history, unpack(members, first, math.min(first + 199, #members)))
    end
    call('EXPIRE', history, lifetime)
    subject[number].isOrdered = true
end

local function record()
    local today, most = tonumber(ARGV[2]), tonumber(ARGV[3])
    local mostQueries, since, lifetime, receiptLifetime = ARGV[4]:match('^(%d+) (%S+) (%d+) (%d+)$')
    mostQueries = tonumber(mostQueries)
    local subject = read()
    if not subject then return string.rep('e', (#ARGV - 4) / 5) end
    local outcomes, receipts, given, hasChanged = '', {}, {}, false

    -- Whether an event of a full history stays in it.
    local function isKept(number, time, member)
        local newer = call('ZLEXCOUNT', history, '(' .. member, '(' .. ends[number])
        if newer < most then return true end
        return number == 1 and newer < mostQueries and (time == since or isGreater(time, since))
    end

    -- Drops what is beyond the bounds, a part at a time.
    local function trim(number, kind)
        for _ = 1, 64 do
            if kind.count <= most then return end
            local oldest = call(
                'ZRANGEBYLEX', history, '[' .. letters[number], '(' .. ends[number], 'LIMIT', 0, 1)[1]
            if number == 1 and kind.count <= mostQueries and not isGreater(since, oldest:sub(2, 11)) then return end
            call('ZREM', history, oldest)
            call('HDEL', events, oldest:sub(12))
            kind.count = kind.count - 1
            kind.dropped = {time = oldest:sub(2, 11), id = oldest:sub(12)}
        end
    end

    local function recordOne(id, value, segment, contentCount)
        local number = kindOf[value:byte(1)]
        local kind, time = subject[number], value:sub(2, 11)
        local isFull, member = kind.count >= most, nil
        local wasDropped = kind.dropped and not isNewer(time, id, kind.dropped)
        local known
        if isFull or wasDropped then known = call('HGET', events, id) end
        if wasDropped and not known then return 'o' end
        if isFull and not known then
            if not kind.isOrdered then
                makeOrder(subject, number, lifetime)
                hasChanged = true
            end
            member = letters[number] .. time .. id
            if not isNewer(time, id, kind) and not isKept(number, time, member) then return 'o' end
        end
        if not known and call('HSETNX', events, id, value) == 0 then known = call('HGET', events, id) end
        if known then
            local isSame = kindOf[known:byte(1)] == number and known:sub(2, 11) == time
            if isSame and known:byte(1) > 90 then
                isSame = known:sub(22) == value:sub(22)
            elseif isSame then
                local told, rest = known:sub(22, 21 + contentCount), known:sub(22 + contentCount)
                isSame = told == segment:sub(12 + #id, 11 + #id + contentCount)
                    and (rest == '' or rest == '}' or rest:sub(1, 15) == ',"recordedAt":"')
            end
            return isSame and '0' or 'c'
        end
        hasWritten, hasChanged = true, true
        added[#added + 1] = id
        kind.count = kind.count + 1
        if kind.isOrdered then call('ZADD', history, 0, member or letters[number] .. time .. id) end
        if isNewer(time, id, kind) then
            kind.time, kind.id, kind.segment, kind.isPacked = time, id, segment, false
        end
        if isFull then trim(number, kind) end
        return '1'
    end

    for first = 5, #ARGV, 5 do
        local id, value, segment, contentCount, receipt = unpack(ARGV, first, first + 4)
        local outcome
        local key = receipt ~= '' and KEYS[4 + #receipts / 2]
        if key and (given[key] or call('GET', key)) then
            outcome = 'r'
            receipts[#receipts + 1] = key
            receipts[#receipts + 1] = false
        else
            outcome = recordOne(id, value, segment, tonumber(contentCount))
            if key then
                receipts[#receipts + 1] = key
                receipts[#receipts + 1] = outcome ~= 'c' and receipt .. outcome
                given[key] = outcome ~= 'c'
            end
        end
        outcomes = outcomes .. outcome
    end
    if hasChanged then
        local isRenewed = subject.day ~= today
        subject.day = today
        write(subject, isRenewed and lifetime)
        added = {}
        if isRenewed then
            call('EXPIRE', events, lifetime)
            call('EXPIRE', history, lifetime)
        end
    end
    for index = 1, #receipts, 2 do
        if receipts[index + 1] then call('SET', receipts[index], receipts[index + 1], 'EX', receiptLifetime) end
    end
    return outcomes
end

-- The newest event of a kind but for one ID.
local function successor(number, kind, removed)
    local newest, found = emptyKind(), nil
    local held = call('HGETALL', events)
    for index = 1, #held, 2 do
        local id, value = held[index], held[index + 1]
        if id ~= removed and kindOf[value:byte(1)] == number and isNewer(value:sub(2, 11), id, newest) then
            newest.id, newest.time, found = id, value:sub(2, 11), value
        end
    end
    if found then
        setNewest(kind, newest.id, found)
    else
        kind.time, kind.id, kind.segment, kind.isPacked = nobody, '', '', false
    end
end

local function remove()
    local id, receipt = ARGV[3], ARGV[4]
    if receipt ~= '' and call('GET', KEYS[4]) then return 'r' end
    local subject = read()
    if not subject then return '0' end
    local value = call('HGET', events, id)
    if not value then return '0' end
    local number = kindOf[value:byte(1)]
    local kind = subject[number]
    if kind.id == id then successor(number, kind, id) end
    kind.count = math.max(0, kind.count - 1)
    -- Keys that end with their last member need a lifetime when the next write makes them anew.
    if kind.count == 0 then subject.day = 0 end
    -- Removing needs no memory, so that what may be refused for want of it comes first.
    write(subject)
    if receipt ~= '' then call('SET', KEYS[4], receipt, 'EX', ARGV[2]) end
    call('ZREM', history, letters[number] .. value:sub(2, 11) .. id)
    call('HDEL', events, id)
    local isEmpty = subject[1].count + subject[2].count + subject[3].count == 0
    if isEmpty and not (subject[1].dropped or subject[2].dropped or subject[3].dropped) then call('DEL', latest) end
    return '1'
end

-- What may be refused for want of memory comes first.
local function bury()
    call('SET', latest, erased)
    hasWritten = true
    call('DEL', events, history)
end

local function rename()
    local half = #KEYS / 2
    local function move(key, other)
        if call('EXISTS', key) == 1 and call('RENAMENX', key, other) == 1 then hasWritten = true end
    end
    if call('EXISTS', KEYS[half + 1], KEYS[half + 2], KEYS[half + 3]) == 0 then
        for index = 1, 3 do move(KEYS[index], KEYS[half + index]) end
    end
    for index = 4, half do move(KEYS[index], KEYS[half + index]) end
end

local function pack()
    local parts = {}
    for _, key in ipairs(KEYS) do
        local content = call('DUMP', key)
        parts[#parts + 1] = content and string.format('%d', math.max(0, call('PTTL', key))) or ''
        parts[#parts + 1] = content or ''
    end
    return parts
end

local function unpackKeys()
    local mark = KEYS[#KEYS]
    local lifetime, origin = ARGV[#ARGV]:match('^(%d+) (%S+)$')
    local restored, outcomes = {}, {}

    -- Takes everything back when there is no memory for all of it, because a mark must not tell of a part.
    local function try(key, ...)
        local done = redis.pcall(...)
        if done.err then
            if #restored > 0 then call('DEL', unpack(restored)) end
            hasWritten = false
            error(done)
        end
        restored[#restored + 1] = key
        hasWritten = true
    end
    local function restore(index)
        local content = ARGV[2 * index + 1]
        if content ~= '' then try(KEYS[index], 'RESTORE', KEYS[index], ARGV[2 * index], content) end
    end

    for index = 4, #KEYS - 1 do
        local content = ARGV[2 * index + 1]
        local held = content ~= '' and call('DUMP', KEYS[index])
        if content ~= '' and not held then restore(index) end
        outcomes[index] = content ~= '' and (not held or held == content) and '1' or '0'
    end
    local hasAny = ARGV[3] .. ARGV[5] .. ARGV[7] ~= ''
    local isMoved = hasAny and call('GET', mark) == origin
    if hasAny and not isMoved and call('EXISTS', KEYS[1], KEYS[2], KEYS[3]) == 0 then
        for index = 1, 3 do restore(index) end
        try(mark, 'SET', mark, origin, 'EX', lifetime)
        isMoved = true
    end
    for index = 1, 3 do outcomes[index] = isMoved and '1' or '0' end
    return table.concat(outcomes)
end

local actions = {
    record = record, remove = remove, bury = bury, upgrade = function() read() end, rename = rename, pack = pack,
    unpack = unpackKeys,
}
local isWhole, result = pcall(actions[ARGV[1]])
if isWhole then return result end
local text = type(result) == 'table' and result.err or tostring(result)
if #added > 0 then redis.pcall('HDEL', events, unpack(added)) end
return redis.error_reply((hasWritten and 'HALF ' or '') .. text)
