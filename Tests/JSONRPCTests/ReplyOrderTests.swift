import Seeds
import Synchronization
import Testing

@testable import JSONRPC

@Suite("The order of answers")
struct ReplyOrderTests {
    @Test("a batch is answered once, in the order of its requests, whatever the order of the answers")
    func batch() {
        for seed in UInt64(0)..<50 {
            var random = SeededGenerator(seed: seed)
            let count = Int.random(in: 1...20, using: &random)
            let silent = Set((0..<count).filter { _ in Int.random(in: 0..<3, using: &random) == 0 })
            let delivered = Mutex([[UInt8]?]())
            let output = OutputQueue(descriptor: -1, limitBytes: 1)
            let reply = BatchReply(count: count, output: output) { line in delivered.withLock { $0.append(line) } }
            for (position, index) in (0..<count).shuffled(using: &random).enumerated() {
                let isEarly = delivered.withLock { $0.isEmpty }
                #expect(isEarly, "after \(position) of \(count)")
                reply.fill(index, with: silent.contains(index) ? nil : Array("\(index)".utf8))
            }
            let answered = (0..<count).filter { !silent.contains($0) }.map(String.init).joined(separator: ",")
            let lines = delivered.withLock { $0.map { $0?.text } }
            #expect(lines == [answered.isEmpty ? nil : "[\(answered)]"])
            #expect(output.hasRoom)
        }
    }

    @Test("an answer that waits for the rest of its batch takes room, also one that is none", arguments: ["1234", nil])
    func batchTakesRoom(answer: String?) {
        let output = OutputQueue(descriptor: -1, limitBytes: 1)
        let reply = BatchReply(count: 2, output: output) { _ in }
        reply.fill(1, with: answer.map { Array($0.utf8) })
        #expect(!output.hasRoom)
        reply.fill(0, with: nil)
        #expect(output.hasRoom)
    }

    @Test("ordered answers leave in the order of their requests, whatever the order in which they are ready")
    func ordered() async throws {
        for seed in UInt64(0)..<20 {
            var random = SeededGenerator(seed: seed)
            let pipe = try Pipe()
            let output = OutputQueue(descriptor: pipe.writeEnd, limitBytes: 1 << 20)
            let replies = OrderedReplies(output: output)
            let silent = Set((0..<100).filter { _ in Bool.random(using: &random) })
            for index in (0..<100).shuffled(using: &random) {
                replies.fill(index, with: silent.contains(index) ? nil : Array("\(index)".utf8))
            }
            output.close()
            async let drained: Void = onThread { output.drain() }
            await drained
            pipe.closeWriteEnd()
            #expect(await pipe.read().lines == (0..<100).filter { !silent.contains($0) }.map(String.init))
            pipe.closeReadEnd()
        }
    }

    @Test("an answer leaves as soon as all earlier ones have, not later")
    func orderedAtOnce() async throws {
        let pipe = try Pipe()
        let output = OutputQueue(descriptor: pipe.writeEnd, limitBytes: 1 << 20)
        async let drained: Void = onThread { output.drain() }
        let replies = OrderedReplies(output: output)
        replies.fill(1, with: Array("b".utf8))
        replies.fill(0, with: Array("a".utf8))
        replies.fill(3, with: Array("d".utf8))
        #expect(await pipe.read(lines: 2).lines == ["a", "b"])
        replies.fill(2, with: nil)
        #expect(await pipe.read(lines: 1).lines == ["d"])
        output.close()
        await drained
        pipe.closeWriteEnd()
        pipe.closeReadEnd()
    }

    @Test("an answer that waits for an earlier one takes room, until it is written")
    func orderedTakesRoom() async throws {
        let pipe = try Pipe()
        let held = OrderedReplies.heldBytes(of: Array("1234".utf8)) + OrderedReplies.heldBytes(of: nil)
        let output = OutputQueue(descriptor: pipe.writeEnd, limitBytes: held + 1)
        let replies = OrderedReplies(output: output)
        replies.fill(2, with: Array("1234".utf8))
        replies.fill(3, with: nil)
        #expect(output.hasRoom)
        replies.fill(4, with: Array("!".utf8))
        #expect(!output.hasRoom)
        async let hasRoom = onThread { output.waitForRoom() }
        async let drained: Void = onThread { output.drain() }
        replies.fill(0, with: nil)
        replies.fill(1, with: Array("0".utf8))
        #expect(await hasRoom)
        output.close()
        await drained
        pipe.closeWriteEnd()
        #expect(await pipe.read().lines == ["0", "1234", "!"])
        #expect(output.hasRoom)
        pipe.closeReadEnd()
    }
}
