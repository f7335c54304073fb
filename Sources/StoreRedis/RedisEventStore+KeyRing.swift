import Bureau
import Encodings
import Repositories

extension RedisEventStore {
    /// Reads the key ring's fingerprint from its key, which `SubjectKey` describes. Base C holds no data keys
    /// to prove a ring against.
    package func keyRingMark() async throws(StoreError) -> KeyRingMark {
        let text = try await read(KeyRingMarkCommands.read, FingerprintDecoder())[0]
        return if let text { .bound(try Self.fingerprint(text)) } else { .unbound(nil) }
    }

    /// Writes the fingerprint unless one is there. Of several daemons at once, one wins and all return its ring.
    package func bind(_ ring: KeyRingFingerprint) async throws(StoreError) -> KeyRingFingerprint {
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
