import Bureau
import Encodings
import Repositories

extension RedisEventStore {
    /// Reads the key ring's fingerprint from its key, which `SubjectKey` describes. Base C holds no data keys
    /// to prove a ring against.
    public func keyRingMark() async throws(StoreError) -> KeyRingMark {
        let text = try await read(KeyRingMarkCommands.read, FingerprintDecoder())[0]
        return if let text { .bound(try Self.fingerprint(text)) } else { .unbound(nil) }
    }

    /// Writes the fingerprint unless one is there. Of several daemons at once, one wins and all return its ring.
    public func bind(_ ring: KeyRingFingerprint) async throws(StoreError) -> KeyRingFingerprint {
        let call = await run(KeyRingMarkCommands.bind(ring), FingerprintDecoder())
        if let failure = call.failures[0] ?? call.failures[1] { throw failure.storeError(writes: true) }
        guard let text = call.values[1] else { throw .corrupt(.c) }
        return try Self.fingerprint(text)
    }

    private static func fingerprint(_ text: [UInt8]) throws(StoreError) -> KeyRingFingerprint {
        let digits = text.compactMap { Hexadecimal.value(of: $0) }
        let bytes = stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        guard digits.count == text.count, digits.count.isMultiple(of: 2), let ring = KeyRingFingerprint(bytes: bytes)
        else { throw .corrupt(.c) }
        return ring
    }
}

/// The wrapping keys that the base has seen, beside its mark: a field `wrap:NUMBER` for each, which holds the key's
/// fingerprint, and `retired:NUMBER` where one was. Base C wraps nothing, and therefore counts nothing.
extension RedisEventStore {
    public func wrappingKeys() async throws(StoreError) -> [WrappingKeyNote] {
        let fields = try await read(KeyRingMarkCommands.readAll, RingFieldDecoder())[0]
        var notes: [WrappingKeyNote] = []
        let retired = Set(fields.filter { $0.value == KeyRingMarkCommands.yes }.map(\.name))
        for (name, value) in fields where name.starts(with: KeyRingMarkCommands.wrapPrefix) {
            guard let number = UInt32(name.dropFirst(KeyRingMarkCommands.wrapPrefix.count)) else { throw .corrupt(.c) }
            notes.append(
                WrappingKeyNote(
                    number: number, fingerprint: try Self.fingerprint(value),
                    isRetired: retired.contains(KeyRingMarkCommands.retiredField(number))))
        }
        return notes.sorted { $0.number < $1.number }
    }

    public func note(_ keys: [WrappingKeyNote]) async throws(StoreError) {
        if !keys.isEmpty { try await change(KeyRingMarkCommands.note(keys)) }
    }

    public func reserve(_ count: Int64, of number: UInt32, most: Int64) async throws(StoreError) -> Bool { true }

    public func setRetired(_ isRetired: Bool, _ number: UInt32) async throws(StoreError) {
        try await change(KeyRingMarkCommands.setRetired(isRetired, number))
    }
}

/// Writes the commands on the key ring's mark, which are among those that events need: no further right is needed.
private enum KeyRingMarkCommands {
    private static let tag = "key-ring"
    private static let key = Array("creditd:{\(tag)}:mark".utf8)
    private static let slot = Array(tag.utf8).withUnsafeBufferPointer { HashSlot.of(tag: $0) }

    static var read: CommandBuffer {
        var commands = CommandBuffer()
        appendRead(to: &commands)
        return commands
    }

    /// Writes the fingerprint if the field is absent, and reads the field.
    static func bind(_ ring: KeyRingFingerprint) -> CommandBuffer {
        var commands = CommandBuffer()
        commands.begin(parts: 4)
        commands.bulk("HSETNX")
        commands.bulk(key)
        commands.bulk("fingerprint")
        commands.bulk(Array(Hexadecimal.text(of: ring.bytes).utf8))
        commands.end(slot: slot)
        appendRead(to: &commands)
        return commands
    }

    static let wrapPrefix = "wrap:"
    static let yes = Array("yes".utf8)

    static func retiredField(_ number: UInt32) -> String { "retired:\(number)" }

    static func setRetired(_ isRetired: Bool, _ number: UInt32) -> CommandBuffer {
        var commands = CommandBuffer()
        commands.begin(parts: 4)
        commands.bulk("HSET")
        commands.bulk(key)
        commands.bulk(Array(retiredField(number).utf8))
        commands.bulk(isRetired ? yes : Array("no".utf8))
        commands.end(slot: slot)
        return commands
    }

    static var readAll: CommandBuffer {
        var commands = CommandBuffer()
        commands.begin(parts: 2)
        commands.bulk("HGETALL")
        commands.bulk(key)
        commands.end(slot: slot)
        return commands
    }

    /// Writes the fields that are absent.
    static func note(_ keys: [WrappingKeyNote]) -> CommandBuffer {
        var commands = CommandBuffer()
        for note in keys {
            commands.begin(parts: 4)
            commands.bulk("HSETNX")
            commands.bulk(key)
            commands.bulk(Array("\(wrapPrefix)\(note.number)".utf8))
            commands.bulk(Array(Hexadecimal.text(of: note.fingerprint.bytes).utf8))
            commands.end(slot: slot)
        }
        return commands
    }

    private static func appendRead(to commands: inout CommandBuffer) {
        commands.begin(parts: 3)
        commands.bulk("HMGET")
        commands.bulk(key)
        commands.bulk("fingerprint")
        commands.end(slot: slot)
    }
}

/// Reads the reply to HMGET of one field, and skips the reply to HSETNX.
private struct FingerprintDecoder: ReplyDecoder {
    static var placeholder: [UInt8]? { nil }

    func value(_ cursor: inout ReplyCursor, at index: Int) throws(ReplyError) -> [UInt8]?? {
        guard try cursor.isAtArray else {
            try cursor.skip()
            return .some(nil)
        }
        guard try cursor.arrayCount() == 1 else { throw .malformed }
        return .some(try cursor.bulk().map { Array($0) })
    }
}

/// Reads all fields of the key ring's mark, in any order.
private struct RingFieldDecoder: ReplyDecoder {
    static var placeholder: [(name: String, value: [UInt8])] { [] }

    func value(_ cursor: inout ReplyCursor, at index: Int) throws(ReplyError) -> [(name: String, value: [UInt8])]? {
        let count = try cursor.arrayCount()
        guard count.isMultiple(of: 2) else { throw .malformed }
        var fields: [(name: String, value: [UInt8])] = []
        for _ in 0..<(count / 2) {
            guard let name = try cursor.bulk(), let value = try cursor.bulk() else { throw .malformed }
            fields.append((String(decoding: name, as: UTF8.self), Array(value)))
        }
        return fields
    }
}
