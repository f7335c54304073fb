import Bureau
import Repositories

@testable import StoreRedis

/// Base C as version 0.1.0 wrote it to Redis.
struct FormerLayout {
    let url: String
    let subjects: PrivateSubjects

    /// Records events as that version did, each by a run of its script.
    func record(_ events: [EventRecord], days: Int = 9) throws {
        for event in events {
            let token = subjects.exchange(event.token)
            let keys = ["latest", "history", "events"].map { RedisServers.key(token, $0) }
            let micros = event.occurredAt.microsecondsSinceEpoch
            let second = (micros - (micros < 0 ? 999_999 : 0)) / 1_000_000
            let fraction = String(micros - second * 1_000_000)
            try RedisServers.ask(
                url,
                ["EVAL", Self.script, "3"] + keys + ["256", "\(days * 86_400)", "20000"]
                    + [
                        event.kind.rawValue, "\(second)", String(repeating: "0", count: 6 - fraction.count) + fraction,
                        event.eventID.text, String(decoding: event.body, as: UTF8.self),
                    ])
        }
    }

    /// The script of that version, without its comments.
    private static let script = #"""

        local latest, history, events = KEYS[1], KEYS[2], KEYS[3]
        local most, lifetime, today = tonumber(ARGV[1]), ARGV[2], ARGV[3]

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

        """#
}
