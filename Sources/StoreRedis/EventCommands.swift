import Bureau
import Repositories

/// Writes base C's commands. Kinds are named as in `EventKind`; the layout of the keys is told in `record_event.lua`.
struct EventCommands {
    /// The SHA-1 of the script in hexadecimal, by which EVALSHA names it.
    let scriptName: [UInt8]
    let lifetimeSeconds: Int64
    let usesSlots: Bool

    private static let secondsInDay: Int64 = 86_400

    /// - Parameter retentionDays: since the lifetime is renewed once a day, it is a day longer.
    init(scriptName: [UInt8], retentionDays: Int, usesSlots: Bool) {
        self.scriptName = scriptName
        lifetimeSeconds = (Int64(retentionDays) + 1) * Self.secondsInDay
        self.usesSlots = usesSlots
    }

    /// One HMGET for each subject.
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

    /// One EVALSHA for each run of events about one subject.
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
                for event in events[run] { add(event, &commands) }
                commands.end(slot: slot(of: tag))
            }
        }
        return commands
    }

    /// The places of a subject's events from a position on, the newest first; all of one kind are found among them.
    func places(_ queries: [HistoryQuery]) -> CommandBuffer {
        var commands = CommandBuffer()
        for query in queries {
            SubjectKey.withTag(of: query.token) { tag in
                // Only a page of all kinds from the top can be cut by the server: what else is asked for, the reader
                // of the reply picks out. A history is short.
                let isCut = query.kind == nil && query.before == nil
                commands.begin(parts: isCut ? 8 : 5)
                commands.bulk("ZREVRANGEBYSCORE")
                key(tag, "}:history\r\n", &commands)
                if let before = query.before {
                    commands.bulk(EventTime(before.occurredAt).seconds)
                } else {
                    commands.bulk("+inf")
                }
                commands.raw("$4\r\n-inf\r\n$10\r\nWITHSCORES\r\n")
                if isCut {
                    commands.raw("$5\r\nLIMIT\r\n$1\r\n0\r\n")
                    commands.bulk(Int64(max(0, query.limit)))
                }
                commands.end(slot: slot(of: tag))
            }
        }
        return commands
    }

    /// The bodies of a subject's events, in the order of `ids`, which are not empty.
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

    private func add(_ event: EventRecord, _ commands: inout CommandBuffer) {
        let time = EventTime(event.occurredAt)
        event.kind.withText { commands.bulk($0) }
        commands.bulk(time.seconds)
        time.withMicrosText { commands.bulk($0) }
        event.eventID.withText { commands.bulk($0) }
        commands.bulk(event.body)
    }

    /// Appends a key; `suffix` has the end of its line.
    private func key(
        _ tag: UnsafeBufferPointer<UInt8>, _ suffix: StaticString, _ commands: inout CommandBuffer
    ) {
        commands.begin(keyBytes: SubjectKey.prefix.utf8CodeUnitCount + tag.count + suffix.utf8CodeUnitCount - 2)
        commands.raw(SubjectKey.prefix)
        commands.raw(tag)
        commands.raw(suffix)
    }

    private func slot(of tag: UnsafeBufferPointer<UInt8>) -> UInt16 {
        usesSlots ? HashSlot.of(tag: tag) : 0
    }
}
