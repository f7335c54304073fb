import Seeds
import Testing

@testable import JSONRPC

@Suite("LineBuffer")
struct LineBufferTests {
    /// The frames of a stream: lines as text, nil for a line that was too long.
    private typealias Frames = [String?]

    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// Cuts a stream that arrives in reads of these sizes; the last size is repeated.
    private func frames(_ stream: [UInt8], reads sizes: [Int], maximum: Int = 8, readBytes: Int = 16) -> Frames {
        var buffer = LineBuffer(maximumLineBytes: maximum, readBytes: readBytes)
        var frames: Frames = []
        var rest = stream[...]
        var sizes = sizes[...]
        while !rest.isEmpty {
            let room = buffer.makeRoom()
            let size = min(sizes.count > 1 ? sizes.removeFirst() : sizes.first ?? 1, rest.count, room.count)
            room.copyBytes(from: rest.prefix(size))
            rest = rest.dropFirst(size)
            buffer.filled(size)
            drain(&buffer, into: &frames)
        }
        switch buffer.rest() {
        case .line(let line): frames.append(String(decoding: line, as: UTF8.self))
        case .tooLong: frames.append(nil)
        case .none: break
        }
        return frames
    }

    private func drain(_ buffer: inout LineBuffer, into frames: inout Frames) {
        while true {
            switch buffer.next() {
            case .line(let line): frames.append(String(decoding: line, as: UTF8.self))
            case .tooLong: frames.append(nil)
            case .none: return
            }
        }
    }

    /// Returns the expected frames, which are found with the whole stream at hand.
    private func expected(_ stream: [UInt8], maximum: Int = 8) -> Frames {
        let stream = stream.starts(with: Self.mark) ? Array(stream.dropFirst(3)) : stream
        var lines = stream.split(separator: 0x0A, omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map { line in
            let content = line.last == 0x0D ? line.dropLast() : line
            return content.count > maximum ? nil : String(decoding: line, as: UTF8.self)
        }
    }

    private static let streams: [[UInt8]] = [
        [], Array("a".utf8), Array("\n".utf8), Array("\n\n\n".utf8), Array("a\nb\n".utf8), Array("a\r\nb\r\nc".utf8),
        Array("12345678\n".utf8), Array("123456789\n".utf8), Array("12345678\r\n".utf8), Array("123456789\r\n".utf8),
        Array("12345678".utf8), Array("123456789".utf8), Array("12345678\r".utf8), Array("123456789\r".utf8),
        Array("12345678\r\r\na\n".utf8), Array("1234567890\nab\n1234567890123456789\ncd".utf8),
        Array("ab\n1234567890123456789012345678901234567890".utf8),
        mark, mark + Array("a\nb".utf8), mark + mark + Array("a\n".utf8), Array("a\n".utf8) + mark + Array("b\n".utf8),
        mark + Array("12345678\n".utf8), mark + Array("123456789\nx\n".utf8), [0xEF], [0xEF, 0xBB],
        [0xEF, 0xBB, 0x0A, 0x61], [0xEF, 0x0A, 0xBB, 0xBF, 0x0A], mark + [0x0A], [0x0A] + mark + [0x0A, 0x61],
    ]

    @Test("a stream gives the same lines in reads of any one size", arguments: streams)
    func oneSize(stream: [UInt8]) {
        for size in 1...16 {
            #expect(frames(stream, reads: [size]) == expected(stream), "reads of \(size)")
        }
    }

    @Test("a stream gives the same lines wherever it is cut in two or three", arguments: streams)
    func everyCut(stream: [UInt8]) {
        guard stream.count <= 24 else { return #expect(frames(stream, reads: [7, 3]) == expected(stream)) }
        for first in 0...stream.count {
            for second in 0...stream.count - first {
                let reads = [first, second, stream.count].filter { $0 > 0 }
                #expect(frames(stream, reads: reads, readBytes: 32) == expected(stream))
            }
        }
    }

    @Test("random streams give the same lines in random reads", arguments: 0..<20)
    func random(batch: UInt64) {
        var random = SeededGenerator(seed: batch)
        let alphabet: [UInt8] = [0x0A, 0x0D, 0x61, 0x62, 0xEF, 0xBB, 0xBF]
        for _ in 0..<200 {
            let count = Int.random(in: 0...80, using: &random)
            var stream = (0..<count).map { _ in alphabet.randomElement(using: &random) ?? 0x61 }
            if Bool.random(using: &random) { stream = Self.mark + stream }
            let maximum = Int.random(in: 3...12, using: &random)
            let reads = (0..<100).map { _ in Int.random(in: 1...9, using: &random) }
            #expect(frames(stream, reads: reads, maximum: maximum) == expected(stream, maximum: maximum))
        }
    }

    @Test("a line that is too long is reported once, before its end arrives")
    func skips() {
        var buffer = LineBuffer(maximumLineBytes: 100, readBytes: 64)
        var frames: Frames = []
        for _ in 0..<10_000 {
            let room = buffer.makeRoom()
            room.copyBytes(from: [UInt8](repeating: 0x78, count: room.count))
            buffer.filled(room.count)
            drain(&buffer, into: &frames)
        }
        #expect(frames == [nil])
        let room = buffer.makeRoom()
        room.copyBytes(from: Array("\nab\n".utf8))
        buffer.filled(4)
        drain(&buffer, into: &frames)
        #expect(frames == [nil, "ab"])
    }
}
