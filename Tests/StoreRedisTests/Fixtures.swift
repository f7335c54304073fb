import Bureau
import Repositories
import Testing

@testable import StoreRedis

func token(_ number: Int) -> SubjectToken {
    let words = (UInt64(number), UInt64(1), UInt64(2), UInt64(3))
    guard let token = withUnsafeBytes(of: words, SubjectToken.init(bytes:)) else {
        preconditionFailure("four words are 32 bytes")
    }
    return token
}

func instant(_ microseconds: Int64) throws -> Instant {
    try #require(Instant(microsecondsSinceEpoch: microseconds))
}

func event(
    _ subject: Int, at microseconds: Int64, _ id: String, _ kind: EventKind = .movement
) throws -> EventRecord {
    EventRecord(
        token: token(subject), kind: kind, occurredAt: try instant(microseconds),
        eventID: try #require(EventID(id)), body: Array("{}".utf8))
}

extension SubjectKey {
    static func text(of token: SubjectToken) -> String {
        withTag(of: token) { String(decoding: $0, as: UTF8.self) }
    }
}

/// Calls `body` with a cursor over `text`.
func reading<R>(_ text: String, _ body: (inout ReplyCursor) throws -> R) throws -> R {
    try Array(text.utf8).withUnsafeBufferPointer { bytes in
        var cursor = try #require(ReplyCursor(bytes))
        return try body(&cursor)
    }
}

extension String {
    func components(separatedBy separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}

/// A pipeline without a decoder.
final class PlainPipeline: RedisPipeline, @unchecked Sendable {
    init(
        _ names: [StaticString] = ["PING"], deadline: ContinuousClock.Instant = .now,
        cancellation: Cancellation = Cancellation()
    ) {
        var commands = CommandBuffer()
        for name in names {
            commands.begin(parts: 1)
            commands.bulk(name)
            commands.end()
        }
        super.init(commands, deadline: deadline, cancellation: cancellation, pending: PendingPipelines(1) {})
    }
}

/// Returns one value for ever.
struct ConstantGenerator: RandomNumberGenerator {
    let value: UInt64

    func next() -> UInt64 { value }
}
