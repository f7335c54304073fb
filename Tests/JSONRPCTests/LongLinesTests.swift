import Seeds
import Testing

@testable import JSONRPC

@Suite("LongLines")
struct LongLinesTests {
    private final class Owner {}

    @Test("whatever the order of parts and lines, each line leaves whole, and nothing is lost", arguments: 0..<200)
    func wholeness(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var lines = LongLines()
        var sent: [UInt8] = []
        var (expected, added) = (0, 0)
        var owners = (0..<UInt8.random(in: 1...4, using: &random)).map { number in
            (owner: Owner(), name: UInt8(ascii: "a") + number, left: Int.random(in: 1...6, using: &random))
        }
        while !owners.isEmpty {
            if Bool.random(using: &random) {
                sent += lines.add([UInt8(ascii: "-"), 0x0A], of: nil, isLast: true).joined()
                expected += 1
                added += 2
            }
            let index = Int.random(in: owners.indices, using: &random)
            owners[index].left -= 1
            let isLast = owners[index].left == 0
            let part = [owners[index].name] + (isLast ? [0x0A] : [])
            sent += lines.add(part, of: ObjectIdentifier(owners[index].owner), isLast: isLast).joined()
            added += part.count
            if isLast {
                expected += 1
                owners.remove(at: index)
            }
        }
        #expect(lines.isEmpty && lines.bytes == 0)
        let written = sent.split(separator: 0x0A)
        #expect(written.count == expected)
        #expect(written.allSatisfy { Set($0).count == 1 }, "a line holds a part of another")
        #expect(sent.count == added)
    }

    @Test("the first line leaves part by part, and what waits for its end is counted")
    func first() {
        var lines = LongLines()
        let (first, second) = (Owner(), Owner())
        #expect(lines.add([1], of: ObjectIdentifier(first), isLast: false) == [[1]])
        #expect(lines.isFirst(ObjectIdentifier(first)) && !lines.isFirst(ObjectIdentifier(second)))
        #expect(lines.add([2, 2], of: ObjectIdentifier(second), isLast: false) == [])
        #expect(lines.add([3], of: nil, isLast: true) == [])
        #expect(lines.bytes == 3)
        #expect(lines.add([4], of: ObjectIdentifier(first), isLast: false) == [[4]])
        #expect(lines.add([5], of: ObjectIdentifier(first), isLast: true) == [[5], [2, 2]])
        #expect(lines.bytes == 1)
        #expect(lines.add([6], of: ObjectIdentifier(second), isLast: true) == [[6], [3]])
        #expect(lines.isEmpty && lines.bytes == 0)
    }
}
