import Bureau
import COpenSSL
import Encodings
import Repositories

/// Writes base C's commands. `EventKind` names the kinds, and `record_event.lua` describes the layout of the keys.
struct EventCommands {
    private let scriptName: [UInt8]
    private let lifetimeSeconds: Int64
    private let usesSlots: Bool

    /// Keys live a day longer than `retentionDays`, because their lifetime is renewed once a day.
    init(script: RecordingScript, retentionDays: Int, usesSlots: Bool) {
        scriptName = script.name
        lifetimeSeconds = (Int64(retentionDays) + 1) * 86_400
        self.usesSlots = usesSlots
    }

    /// Writes one HMGET for each subject.
    func latest(_ tokens: [SubjectToken]) -> CommandBuffer {
        var commands = CommandBuffer()
        commands.reserve(commands: tokens.count, bytesEach: 140)
        for token in tokens {
            SubjectKey.withTag(of: token) { tag in
                commands.raw("*5\r\n$5\r\nHMGET\r\n$60\r\ncreditd:{")
                commands.raw(tag)
                commands.raw("}:latest\r\n$12\r\nbureau_query\r\n$8\r\nmovement\r\n$13\r\ncard_purchase\r\n")
                commands.end(slot: slot(of: tag))
            }
        }
        return commands
    }

    /// Splits events into runs of neighbours about one subject; each run is one run of the script.
    static func runs(of events: [EventRecord]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        runs.reserveCapacity(events.count)
        var start = 0
        while start < events.count {
            let limit = min(events.count, start + RedisLimits.eventsInScript)
            var end = start + 1
            while end < limit, events[end].token == events[start].token { end += 1 }
            runs.append(start..<end)
            start = end
        }
        return runs
    }

    /// Writes one EVALSHA for each run of events.
    func record(_ events: [EventRecord], runs: [Range<Int>], today: Int64) -> CommandBuffer {
        var commands = CommandBuffer()
        commands.reserve(commands: runs.count, bytesEach: 700)
        for run in runs {
            SubjectKey.withTag(of: events[run.lowerBound].token) { tag in
                commands.begin(parts: 9 + 5 * run.count)
                commands.raw("$7\r\nEVALSHA\r\n")
                commands.bulk(scriptName)
                commands.raw("$1\r\n3\r\n")
                for suffix: StaticString in ["}:latest\r\n", "}:history\r\n", "}:events\r\n"] {
                    key(tag, suffix, &commands)
                }
                commands.bulk(Int64(EventHistory.maximumEvents))
                commands.bulk(lifetimeSeconds)
                commands.bulk(today)
                for event in events[run] { append(event, &commands) }
                commands.end(slot: slot(of: tag))
            }
        }
        return commands
    }

    private func append(_ event: EventRecord, _ commands: inout CommandBuffer) {
        let time = EventTime(event.occurredAt)
        event.kind.withText { commands.bulk($0) }
        commands.bulk(time.seconds)
        commands.bulk(time.micros, minimumDigits: EventTime.microsDigits)
        event.eventID.withText { commands.bulk($0) }
        commands.bulk(event.body)
    }

    /// Writes a query for the entries of each subject's history from a position on, newest first.
    func entries(_ queries: [HistoryQuery]) -> CommandBuffer {
        var commands = CommandBuffer()
        for query in queries {
            SubjectKey.withTag(of: query.token) { tag in
                // The server can limit only the first page of all kinds; the decoder selects the entries of any other
                // page. A history is short.
                let isLimited = query.kind == nil && query.before == nil
                commands.begin(parts: isLimited ? 8 : 5)
                commands.bulk("ZREVRANGEBYSCORE")
                key(tag, "}:history\r\n", &commands)
                if let before = query.before {
                    commands.bulk(EventTime(before.occurredAt).seconds)
                } else {
                    commands.bulk("+inf")
                }
                commands.raw("$4\r\n-inf\r\n$10\r\nWITHSCORES\r\n")
                if isLimited {
                    commands.raw("$5\r\nLIMIT\r\n$1\r\n0\r\n")
                    commands.bulk(Int64(max(0, query.limit)))
                }
                commands.end(slot: slot(of: tag))
            }
        }
        return commands
    }

    /// Writes a query for the bodies of each subject's events, in the order of `ids`, which are not empty.
    func bodies(_ pages: [(token: SubjectToken, ids: [EventID])]) -> CommandBuffer {
        var commands = CommandBuffer()
        for page in pages {
            SubjectKey.withTag(of: page.token) { tag in
                commands.begin(parts: 2 + page.ids.count)
                commands.bulk("HMGET")
                key(tag, "}:events\r\n", &commands)
                for id in page.ids { id.withText { commands.bulk($0) } }
                commands.end(slot: slot(of: tag))
            }
        }
        return commands
    }

    /// Writes the removal of a subject's only event.
    func removal(of event: EventRecord) -> CommandBuffer {
        var commands = CommandBuffer()
        SubjectKey.withTag(of: event.token) { tag in
            let slot = slot(of: tag)
            commands.begin(parts: 4)
            commands.bulk("HDEL")
            key(tag, "}:latest\r\n", &commands)
            event.kind.withText { commands.bulk($0) }
            commands.bulk("day")
            commands.end(slot: slot)
            commands.begin(parts: 2)
            commands.bulk("ZPOPMIN")
            key(tag, "}:history\r\n", &commands)
            commands.end(slot: slot)
            commands.begin(parts: 3)
            commands.bulk("HDEL")
            key(tag, "}:events\r\n", &commands)
            event.eventID.withText { commands.bulk($0) }
            commands.end(slot: slot)
        }
        return commands
    }

    /// Appends a key; `suffix` includes the end of its line.
    private func key(_ tag: UnsafeBufferPointer<UInt8>, _ suffix: StaticString, _ commands: inout CommandBuffer) {
        commands.begin(keyBytes: SubjectKey.prefix.utf8CodeUnitCount + tag.count + suffix.utf8CodeUnitCount - 2)
        commands.raw(SubjectKey.prefix)
        commands.raw(tag)
        commands.raw(suffix)
    }

    /// The slot of a subject's keys.
    func slot(of token: SubjectToken) -> UInt16 {
        SubjectKey.withTag(of: token) { slot(of: $0) }
    }

    private func slot(of tag: UnsafeBufferPointer<UInt8>) -> UInt16 {
        usesSlots ? HashSlot.of(tag: tag) : 0
    }
}

/// The names of a subject's keys: `creditd:{TOKEN}:latest`, `:history` and `:events`, with the token in base64url
/// without padding (RFC 4648 §5). The braces keep all three in one slot of a cluster.
///
/// One more key belongs to base C as a whole: `creditd:{key-ring}:mark`, a hash without a lifetime whose field
/// `fingerprint` tells the key ring of the data in 64 hexadecimal digits.
enum SubjectKey {
    static let prefix: StaticString = "creditd:{"

    /// Lends the token's 43 characters.
    static func withTag<R>(of token: SubjectToken, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        let count = Base64.unpaddedCount(SubjectToken.byteCount)
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { tag in
            token.withBytes { bytes in
                if let start = tag.baseAddress { Base64.encodeForURL(bytes, to: start) }
            }
            return body(UnsafeBufferPointer(tag))
        }
    }
}

/// The script that records events, and the name by which EVALSHA finds it.
struct RecordingScript: Sendable {
    let text: String
    /// The SHA-1 of the text in lower-case hexadecimal. The digest only names the script and protects nothing.
    let name: [UInt8]

    init(_ text: String) {
        self.text = text
        let bytes = Array(text.utf8)
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        EVP_Digest(bytes, bytes.count, &digest, &count, EVP_sha1(), nil)
        name = Array(Hexadecimal.text(of: Array(digest.prefix(Int(count)))).utf8)
    }
}
