import Bureau
import Repositories
import Testing

@testable import StoreRedis

@Suite("Answers of an exchange")
struct ExchangeTests {
    private let sender = Endpoint(host: "10.0.0.1", port: 7000)

    @Test("replies are taken wherever the input is cut, refusals in their place, preludes passed over")
    func everyCut() async throws {
        let replies =
            "+OK\r\n$1\r\n1\r\n-TRYAGAIN later\r\n+OK\r\n-ASK 5 :7001\r\n$1\r\nx\r\n$1\r\n0\r\n"
        var commands = CommandBuffer()
        for index in 0..<7 {
            if index == 0 || index == 3 {
                commands.prelude(Array("ASKING".utf8))
            } else {
                commands.begin(parts: 1)
                commands.bulk("EVALSHA")
                commands.end()
            }
        }
        for cut in 1..<replies.utf8.count {
            let answer = await answer(
                commands, [String(replies.utf8.prefix(cut)), String(replies.utf8.dropFirst(cut))])
            #expect(answer.values == [[.recorded], [], [], [], [.duplicate]])
            #expect(
                answer.refusals == [
                    .init(index: 1, error: .tryAgain),
                    .init(index: 2, error: .ask(Endpoint(host: "10.0.0.1", port: 7001))),
                ])
            #expect(answer.isCorrupt)
            #expect(answer.ending == .answered)
        }
    }

    /// Reads the input piece by piece, keeping of each what was not used, as a link does.
    private func answer(_ commands: CommandBuffer, _ pieces: [String?]) async -> Answer<[RecordOutcome]> {
        let runs = Array(repeating: 0..<1, count: commands.count)
        return await withCheckedContinuation { continuation in
            let exchange = DecodedExchange(
                commands, indices: nil, RecordDecoder(runs: runs), deadline: .now, cancellation: Cancellation(),
                answers: { continuation.resume(returning: $0) })
            var rest: [UInt8] = []
            for piece in pieces {
                rest += Array((piece ?? "").utf8)
                let used = rest.withUnsafeBufferPointer { bytes in
                    guard var cursor = ReplyCursor(bytes), let start = bytes.baseAddress else { return 0 }
                    try? exchange.read(&cursor, from: sender)
                    return cursor.position - start
                }
                rest.removeFirst(used)
            }
            exchange.end(exchange.isAnswered ? .answered : .lost(retryAfterMilliseconds: 1))
        }
    }

    @Test("a failure is unavailable only when nothing can have been written")
    func failures() {
        #expect(
            StoreFailure.unavailable(retryAfterMilliseconds: 5).error(mayHaveWritten: false)
                == .unavailable(.c, retryAfterMilliseconds: 5))
        #expect(
            StoreFailure.lost(retryAfterMilliseconds: 5).error(mayHaveWritten: false)
                == .unavailable(.c, retryAfterMilliseconds: 5))
        #expect(StoreFailure.unavailable(retryAfterMilliseconds: 5).error(mayHaveWritten: true) == .outcomeUnknown(.c))
        #expect(StoreFailure.lost(retryAfterMilliseconds: 5).error(mayHaveWritten: true) == .outcomeUnknown(.c))
        #expect(StoreFailure.corrupt.error(mayHaveWritten: true) == .corrupt(.c))
    }
}
