import Bureau
import Encodings

/// Writes the commands on the hashes of tombstones, which are among those that events need: no further right is needed.
///
/// A script may touch the keys of one slot alone, so that a subject's tombstone is kept before the script buries the
/// subject. A subject whose burial was interrupted is buried again by what finds its tombstone.
enum TombstoneCommands {
    /// The number of hashes: one for each first byte of a token, so that hashes have the order of tokens.
    static let hashes = 256

    /// Keeps tombstones, unless they are there.
    static func keep(_ tombstones: [Tombstone]) -> CommandBuffer {
        var commands = CommandBuffer()
        for tombstone in tombstones {
            let hash = Int(tombstone.token.withBytes { $0[0] })
            commands.begin(parts: 4)
            commands.bulk("HSETNX")
            commands.bulk(key(of: hash))
            SubjectKey.withTag(of: tombstone.token) { commands.bulk($0) }
            commands.bulk(tombstone.note.bytes)
            commands.end(slot: slot(of: hash))
        }
        return commands
    }

    /// Reads the notes of tombstones.
    static func find(_ tokens: [SubjectToken]) -> CommandBuffer {
        var commands = CommandBuffer()
        for token in tokens { appendFind(token, to: &commands) }
        return commands
    }

    static func appendFind(_ token: SubjectToken, to commands: inout CommandBuffer) {
        append("HGET", token, to: &commands)
    }

    static func remove(_ tokens: [SubjectToken]) -> CommandBuffer {
        var commands = CommandBuffer()
        for token in tokens { append("HDEL", token, to: &commands) }
        return commands
    }

    private static func append(_ command: StaticString, _ token: SubjectToken, to commands: inout CommandBuffer) {
        let hash = Int(token.withBytes { $0[0] })
        commands.begin(parts: 3)
        commands.bulk(command)
        commands.bulk(key(of: hash))
        SubjectKey.withTag(of: token) { commands.bulk($0) }
        commands.end(slot: slot(of: hash))
    }

    /// Reads whole hashes.
    static func read(_ hashes: Range<Int>) -> CommandBuffer {
        var commands = CommandBuffer()
        for hash in hashes {
            commands.begin(parts: 2)
            commands.bulk("HGETALL")
            commands.bulk(key(of: hash))
            commands.end(slot: slot(of: hash))
        }
        return commands
    }

    private static func tag(of hash: Int) -> [UInt8] {
        Array("erased-\(Hexadecimal.text(of: [UInt8(hash)]))".utf8)
    }

    private static func key(of hash: Int) -> [UInt8] {
        Array("creditd:{".utf8) + tag(of: hash) + Array("}:tombstones".utf8)
    }

    private static func slot(of hash: Int) -> UInt16 {
        tag(of: hash).withUnsafeBufferPointer { HashSlot.of(tag: $0) }
    }
}

/// Reads a hash of tombstones, in any order.
struct TombstoneDecoder: ReplyDecoder {
    static var placeholder: [Tombstone] { [] }

    func value(_ cursor: inout ReplyCursor, at index: Int) throws(ReplyError) -> [Tombstone]? {
        let count = try cursor.arrayCount()
        guard count.isMultiple(of: 2) else { throw .malformed }
        var tombstones: [Tombstone] = []
        var isValid = true
        for _ in 0..<(count / 2) {
            guard let name = try cursor.bulk(), let note = try cursor.bulk() else { throw .malformed }
            if let token = SubjectToken(base64URL: name) {
                tombstones.append(Tombstone(token: token, note: Sealed(Array(note))))
            } else {
                isValid = false
            }
        }
        return isValid ? tombstones : nil
    }
}

/// Tells whether a key holds anything but the sign of an erased subject.
struct RemainsDecoder: ReplyDecoder {
    static var placeholder: Bool { true }

    func value(_ cursor: inout ReplyCursor, at index: Int) throws(ReplyError) -> Bool? {
        guard try cursor.isAtArray else { return try cursor.bulk().map { !LatestValue.isErased($0) } ?? false }
        let count = try cursor.arrayCount()
        for _ in 0..<count { try cursor.skip() }
        return count > 0
    }
}
