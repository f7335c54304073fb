import Seeds
import Synchronization
import Testing

@testable import JSONRPC

@Suite("The order of responses")
struct ResponseTargetTests {
    /// Slots that keep what they are filled with.
    private final class Recorder: ResponseSlots {
        private let filled = Mutex([[UInt8]?]())

        var responses: [[UInt8]?] { filled.withLock(\.self) }

        func fill(_ slot: Int, with part: [UInt8]?, isLast: Bool) {
            filled.withLock { $0.append(part) }
        }
    }

    @Test("a batch is answered once, in the order of its requests, whatever the order of its responses")
    func batch() {
        for seed in UInt64(0)..<50 {
            var random = SeededGenerator(seed: seed)
            let count = Int.random(in: 1...20, using: &random)
            let silent = Set((0..<count).filter { _ in Int.random(in: 0..<3, using: &random) == 0 })
            let delivered = Recorder()
            let output = OutputQueue(descriptor: -1, limitBytes: 1)
            let response = BatchResponse(count: count, target: .slot(delivered, 0), output: output)
            for (position, index) in (0..<count).shuffled(using: &random).enumerated() {
                #expect(delivered.responses.isEmpty, "after \(position) of \(count)")
                response.fill(index, with: silent.contains(index) ? nil : Array("\(index)".utf8), isLast: true)
            }
            let answered = (0..<count).filter { !silent.contains($0) }.map(String.init).joined(separator: ",")
            #expect(delivered.responses.map { $0?.text } == [answered.isEmpty ? nil : "[\(answered)]"])
            #expect(output.room == .free)
        }
    }

    @Test("a long batch leaves in parts, in the order of its requests, and other lines wait for its end")
    func batchInParts() async throws {
        for seed in UInt64(0)..<20 {
            var random = SeededGenerator(seed: seed)
            let pipe = try Pipe()
            let output = OutputQueue(descriptor: pipe.writeEnd, limitBytes: 1 << 20)
            let batches = (0..<2).map { _ in
                let partBytes = Int.random(in: 1...100, using: &random)
                return BatchResponse(count: 100, target: .output, output: output, partBytes: partBytes)
            }
            for item in (0..<200).shuffled(using: &random) {
                batches[item % 2].fill(item / 2, with: Array("\(item)".utf8), isLast: true)
                if item % 50 == 0 { output.append(Array("-\n".utf8)) }
            }
            output.close()
            async let drained: Void = onThread { output.drain() }
            await drained
            pipe.closeWriteEnd()
            let arrays = (0..<2).map { batch in
                "[" + (0..<100).map { "\(2 * $0 + batch)" }.joined(separator: ",") + "]"
            }
            #expect(await pipe.read().lines.sorted() == (arrays + ["-", "-", "-", "-"]).sorted())
            #expect(output.room == .free)
            pipe.closeReadEnd()
        }
    }

    @Test("ordered responses that come in parts keep their order")
    func orderedParts() async throws {
        let pipe = try Pipe()
        let output = OutputQueue(descriptor: pipe.writeEnd, limitBytes: 1 << 20)
        let responses = OrderedResponses(output: output)
        responses.fill(1, with: Array("b1".utf8), isLast: false)
        responses.fill(2, with: Array("c".utf8), isLast: true)
        responses.fill(0, with: Array("a1".utf8), isLast: false)
        responses.fill(1, with: Array("b2".utf8), isLast: false)
        responses.fill(0, with: Array("a2".utf8), isLast: true)
        responses.fill(1, with: Array("b3".utf8), isLast: true)
        output.close()
        async let drained: Void = onThread { output.drain() }
        await drained
        pipe.closeWriteEnd()
        #expect(await pipe.read().lines == ["a1a2", "b1b2b3", "c"])
        #expect(output.room == .free)
        pipe.closeReadEnd()
    }

    @Test(
        "a response that waits for the rest of its batch takes room, even when it is empty", arguments: ["1234", nil])
    func batchTakesRoom(answer: String?) {
        let output = OutputQueue(descriptor: -1, limitBytes: 1)
        let response = BatchResponse(count: 2, target: .discarded, output: output)
        response.fill(1, with: answer.map { Array($0.utf8) }, isLast: true)
        #expect(output.room != .free)
        response.fill(0, with: nil, isLast: true)
        #expect(output.room == .free)
    }

    @Test("ordered responses leave in the order of their requests, whatever the order in which they are ready")
    func ordered() async throws {
        for seed in UInt64(0)..<20 {
            var random = SeededGenerator(seed: seed)
            let pipe = try Pipe()
            let output = OutputQueue(descriptor: pipe.writeEnd, limitBytes: 1 << 20)
            let responses = OrderedResponses(output: output)
            let silent = Set((0..<100).filter { _ in Bool.random(using: &random) })
            for index in (0..<100).shuffled(using: &random) {
                responses.fill(index, with: silent.contains(index) ? nil : Array("\(index)".utf8), isLast: true)
            }
            output.close()
            async let drained: Void = onThread { output.drain() }
            await drained
            pipe.closeWriteEnd()
            #expect(await pipe.read().lines == (0..<100).filter { !silent.contains($0) }.map(String.init))
            pipe.closeReadEnd()
        }
    }

    @Test("a response leaves as soon as all earlier responses have left")
    func orderedAtOnce() async throws {
        let pipe = try Pipe()
        let output = OutputQueue(descriptor: pipe.writeEnd, limitBytes: 1 << 20)
        async let drained: Void = onThread { output.drain() }
        let responses = OrderedResponses(output: output)
        responses.fill(1, with: Array("b".utf8), isLast: true)
        responses.fill(0, with: Array("a".utf8), isLast: true)
        responses.fill(3, with: Array("d".utf8), isLast: true)
        #expect(await pipe.read(lines: 2).lines == ["a", "b"])
        responses.fill(2, with: nil, isLast: true)
        #expect(await pipe.read(lines: 1).lines == ["d"])
        output.close()
        await drained
        pipe.closeWriteEnd()
        pipe.closeReadEnd()
    }

    @Test("a response that waits for an earlier one takes room until it is written")
    func orderedTakesRoom() async throws {
        let pipe = try Pipe()
        let held = OrderedResponses.heldBytes(of: Array("1234".utf8)) + OrderedResponses.heldBytes(of: nil)
        let output = OutputQueue(descriptor: pipe.writeEnd, limitBytes: held + 1)
        let responses = OrderedResponses(output: output)
        responses.fill(2, with: Array("1234".utf8), isLast: true)
        responses.fill(3, with: nil, isLast: true)
        #expect(output.room == .free)
        responses.fill(4, with: Array("!".utf8), isLast: true)
        #expect(output.room != .free)
        async let hasRoom = onThread { output.waitForRoom() }
        async let drained: Void = onThread { output.drain() }
        responses.fill(0, with: nil, isLast: true)
        responses.fill(1, with: Array("0".utf8), isLast: true)
        #expect(await hasRoom)
        output.close()
        await drained
        pipe.closeWriteEnd()
        #expect(await pipe.read().lines == ["0", "1234", "!"])
        #expect(output.room == .free)
        pipe.closeReadEnd()
    }
}
