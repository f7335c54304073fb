import Bureau
import COpenSSL
import Encodings
import Repositories

/// Writes base C's commands; `event.lua` describes the layout of the keys.
struct EventCommands {
    let scriptName: [UInt8]
    let lifetimeSeconds: Int64
    private let usesSlots: Bool

    private static let receiptSeconds = Int64(Receipt.retentionDays) * 86_400

    /// Keys live a day longer than `retentionDays`, because their lifetime is renewed once a day.
    init(script: EventScript, retentionDays: Int, usesSlots: Bool) {
        scriptName = script.name
        lifetimeSeconds = (Int64(retentionDays) + 1) * 86_400
        self.usesSlots = usesSlots
    }

    /// Writes one GET for each subject.
    func latest(_ tokens: [SubjectToken]) -> CommandBuffer {
        var commands = CommandBuffer()
        commands.reserve(commands: tokens.count, bytesEach: 96)
        // One place for the tags of all, because reads are many.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: SubjectKey.longTagCount) { place in
            for token in tokens {
                let tag = SubjectKey.writeTag(of: token, to: place)
                commands.raw(
                    token.keyNumber == 0
                        ? "*2\r\n$3\r\nGET\r\n$60\r\ncreditd:{" : "*2\r\n$3\r\nGET\r\n$61\r\ncreditd:{")
                commands.raw(tag)
                commands.raw("}:latest\r\n")
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

    /// Writes one run of the script for each run of events.
    func record(_ events: [EventRecord], runs: [Range<Int>], now: Instant) -> CommandBuffer {
        var bounds = Array("\(EventHistory.maximumQueries) ".utf8)
        SortableDigits.append(EventHistory.keptSince(at: now), to: &bounds)
        bounds += " \(lifetimeSeconds) \(Self.receiptSeconds)".utf8
        let today = now.microsecondsSinceEpoch / 86_400_000_000
        var commands = CommandBuffer()
        commands.reserve(commands: runs.count, bytesEach: 900)
        for run in runs {
            let receipts = events[run].compactMap(\.receipt)
            SubjectKey.withTag(of: events[run.lowerBound].token) { tag in
                begin(tag, receipts, arguments: 4 + 5 * run.count, &commands)
                commands.bulk("record")
                commands.bulk(today)
                commands.bulk(Int64(EventHistory.maximumEvents))
                commands.bulk(bounds)
                for event in events[run] { append(event, &commands) }
                commands.end(slot: slot(of: tag))
            }
        }
        return commands
    }

    private func append(_ event: EventRecord, _ commands: inout CommandBuffer) {
        event.eventID.withText { commands.bulk($0) }
        commands.bulk(PackedEvent.pack(event))
        commands.bulk(LatestValue.segment(of: event))
        commands.bulk(Int64(event.contentCount))
        commands.bulk(event.receipt.map { PackedReceipt.pack($0.receipt) } ?? [])
    }

    /// Writes one run of the script for each removal.
    func remove(_ removals: [EventRemoval]) -> CommandBuffer {
        var commands = CommandBuffer()
        for removal in removals {
            SubjectKey.withTag(of: removal.token) { tag in
                begin(tag, removal.receipt.map { [$0] } ?? [], arguments: 4, &commands)
                commands.bulk("remove")
                commands.bulk(Self.receiptSeconds)
                removal.eventID.withText { commands.bulk($0) }
                commands.bulk(removal.receipt.map { PackedReceipt.pack($0.receipt) } ?? [])
                commands.end(slot: slot(of: tag))
            }
        }
        return commands
    }

    /// Writes one run of the script for each subject, which brings its keys into the present layout.
    func upgrade(_ tokens: [SubjectToken]) -> CommandBuffer {
        var commands = CommandBuffer()
        for token in tokens {
            SubjectKey.withTag(of: token) { tag in
                begin(tag, [], arguments: 1, &commands)
                commands.bulk("upgrade")
                commands.end(slot: slot(of: tag))
            }
        }
        return commands
    }

    /// Writes one run of the script for each subject, which deletes all of it.
    func bury(_ tokens: [SubjectToken]) -> CommandBuffer {
        var commands = CommandBuffer()
        for token in tokens {
            SubjectKey.withTag(of: token) { tag in
                begin(tag, [], arguments: 1, &commands)
                commands.bulk("bury")
                commands.end(slot: slot(of: tag))
            }
        }
        return commands
    }

    /// Writes a query for all of each subject's events, which come in no order.
    func history(_ queries: [HistoryQuery]) -> CommandBuffer {
        var commands = CommandBuffer()
        for query in queries {
            SubjectKey.withTag(of: query.token) { tag in
                commands.begin(parts: 2)
                commands.bulk("HGETALL")
                key(tag, "}:events\r\n", &commands)
                commands.end(slot: slot(of: tag))
            }
        }
        return commands
    }

    /// Writes for each subject a query for all of the events, and then one GET for what was dropped, which is thus at
    /// least as new as the events.
    func recent(_ tokens: [SubjectToken]) -> CommandBuffer {
        var commands = CommandBuffer()
        for token in tokens {
            SubjectKey.withTag(of: token) { tag in
                for (name, suffix) in [("HGETALL", "}:events\r\n"), ("GET", "}:latest\r\n")]
                    as [(StaticString, StaticString)]
                {
                    commands.begin(parts: 2)
                    commands.bulk(name)
                    key(tag, suffix, &commands)
                    commands.end(slot: slot(of: tag))
                }
            }
        }
        return commands
    }

    /// Writes one GET for each receipt.
    func receipts(_ keys: [RepeatKey]) -> CommandBuffer {
        var commands = CommandBuffer()
        for key in keys {
            SubjectKey.withTag(of: key.token) { tag in
                commands.begin(parts: 2)
                commands.bulk("GET")
                receiptKey(tag, key.key, &commands)
                commands.end(slot: slot(of: tag))
            }
        }
        return commands
    }

    /// Begins a run of the script on a subject's keys.
    private func begin(
        _ tag: UnsafeBufferPointer<UInt8>, _ receipts: [NewReceipt], arguments: Int, _ commands: inout CommandBuffer
    ) {
        commands.begin(parts: 6 + receipts.count + arguments)
        commands.raw("$7\r\nEVALSHA\r\n")
        commands.bulk(scriptName)
        commands.bulk(Int64(3 + receipts.count))
        for suffix: StaticString in ["}:latest\r\n", "}:events\r\n", "}:history\r\n"] {
            key(tag, suffix, &commands)
        }
        for receipt in receipts { receiptKey(tag, receipt.key.key, &commands) }
    }

    private func receiptKey(
        _ tag: UnsafeBufferPointer<UInt8>, _ key: RecordID, _ commands: inout CommandBuffer
    ) {
        let name: [UInt8] = Array("creditd:{".utf8) + tag + Array("}:key:".utf8) + PackedReceipt.hexadecimal(key).utf8
        commands.bulk(name)
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

/// The script that writes events, and the name by which EVALSHA finds it.
struct EventScript: Sendable {
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
