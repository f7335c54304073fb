import Bureau
import Repositories
import Synchronization
import Testing

@testable import StoreRedis

@Suite("Replies to a pipeline, and failures of a call")
struct RedisPipelineTests {
    private static let reason = StoreReason(.unreachable, "Redis cannot be reached")
    private let sender = RedisEndpoint(host: "10.0.0.1", port: 7000)

    @Test("replies are read wherever the input is cut, with the index of each refusal, and preludes are skipped")
    func everyCut() async throws {
        let replies =
            "+OK\r\n$1\r\n1\r\n-TRYAGAIN later\r\n+OK\r\n-ASK 5 :7001\r\n$1\r\nx\r\n$1\r\n0\r\n"
        var commands = CommandBuffer()
        for index in 0..<7 {
            if index == 0 || index == 3 {
                commands.prelude("ASKING")
            } else {
                commands.begin(parts: 1)
                commands.bulk("EVALSHA")
                commands.end()
            }
        }
        for cut in 1..<replies.utf8.count {
            let pipeline = await read(
                commands, [String(replies.utf8.prefix(cut)), String(replies.utf8.dropFirst(cut))])
            #expect(pipeline.values == [[.recorded], [], [], [], [.duplicate]])
            #expect(
                pipeline.refusals == [
                    .init(index: 1, error: .tryAgain),
                    .init(index: 2, error: .ask(RedisEndpoint(host: "10.0.0.1", port: 7001))),
                ])
            #expect(pipeline.corruptIndices == [3])
            #expect(pipeline.failure == nil)
        }
    }

    /// Reads the input in pieces and keeps the unused rest of each, as a stream does.
    private func read(_ commands: CommandBuffer, _ pieces: [String?]) async -> DecodingPipeline<RecordDecoder> {
        let runs = Array(repeating: 0..<1, count: commands.count)
        var pipelines: [DecodingPipeline<RecordDecoder>] = []
        await withCheckedContinuation { continuation in
            let pipeline = DecodingPipeline(
                commands, indices: nil, RecordDecoder(runs: runs), deadline: .now, cancellation: Cancellation(),
                pending: PendingPipelines(1) { continuation.resume() })
            pipelines.append(pipeline)
            var rest: [UInt8] = []
            for piece in pieces {
                rest += Array((piece ?? "").utf8)
                let used = rest.withUnsafeBufferPointer { bytes in
                    guard var cursor = ReplyCursor(bytes), let start = bytes.baseAddress else { return 0 }
                    try? pipeline.read(&cursor, from: sender)
                    return cursor.position - start
                }
                rest.removeFirst(used)
            }
            pipeline.end(pipeline.unanswered.isEmpty ? nil : .lost(.timedOut, retryAfter: .milliseconds(1)))
        }
        return pipelines[0]
    }

    @Test("a call is complete when the last of its pipelines has ended")
    func lastPipeline() {
        let completions = Mutex(0)
        let pending = PendingPipelines(3) { completions.withLock { $0 += 1 } }
        pending.endOne()
        pending.endOne()
        #expect(completions.withLock { $0 } == 0)
        pending.endOne()
        #expect(completions.withLock { $0 } == 1)
    }

    @Test("a failure is unavailable only when nothing can have been written, and milliseconds are rounded up")
    func failures() {
        let refused = RedisFault.system(111)
        let reason = StoreReason(.unreachable, code: "ECONNREFUSED", "Redis cannot be reached: Connection refused")
        let unavailable = RedisCallFailure.unavailable(refused, retryAfter: .microseconds(4001))
        let lost = RedisCallFailure.lost(refused, retryAfter: .milliseconds(5))
        for writes in [false, true] {
            #expect(unavailable.storeError(writes: writes) == .unavailable(.c, reason, retryAfterMilliseconds: 5))
            #expect(RedisCallFailure.corrupt.storeError(writes: writes) == .corrupt(.c))
        }
        #expect(lost.storeError(writes: true) == .outcomeUnknown(.c, reason))
        #expect(lost.storeError(writes: false) == .unavailable(.c, reason, retryAfterMilliseconds: 5))
        let half = RedisCallFailure(.halfWritten(.outOfMemory)).storeError(writes: true)
        #expect(half == .outcomeUnknown(.c, StoreReason(.full, code: "OOM", "Redis has no memory left for writes")))
    }
}
