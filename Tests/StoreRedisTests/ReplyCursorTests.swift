import Testing

@testable import StoreRedis

@Suite("Reading replies in place")
struct ReplyCursorTests {
    @Test("a reply is incomplete wherever it is cut, and a whole reply is read to its end")
    func everyCut() throws {
        let reply = "*3\r\n$5\r\nab\r\nc\r\n$-1\r\n$0\r\n\r\n"
        for length in 1..<reply.utf8.count {
            #expect(throws: ReplyError.incomplete) { try read(String(reply.prefix(bytes: length)), strings) }
        }
        #expect(try read(reply, strings) == ["ab\r\nc", nil, ""])
    }

    @Test(
        "bytes that are no reply are malformed, however few have arrived",
        arguments: [
            "+OK\r\n", ":1\r\n", "-ERR\r\n", "*x", "*-1\r\n", "*1x", "*\r\n", "*+1\r\n", "*1\n", "*1\rx", "*9999999999",
            "*1048577\r\n", "*1\r\n:1", "*1\r\n$x", "*1\r\n$-2\r\n", "*1\r\n$--1\r\n", "*1\r\n$2\r\nabc\r\n",
            "*1\r\n$2\r\nab\rx", "*1\r\n$67108865\r\n", "*1\r\n$999999999\r\n", "\0",
        ])
    func malformed(text: String) {
        #expect(throws: ReplyError.malformed) { try read(text, strings) }
    }

    @Test("an error is read without its mark and line end, and a reply of one part can be skipped")
    func lines() throws {
        let error = try read("-MOVED 1 h:2\r\n") { (cursor) throws(ReplyError) in
            #expect(try cursor.isAtError)
            return try cursor.errorText()
        }
        #expect(error == "MOVED 1 h:2")
        for skipped in ["+OK\r\n", "-ERR\r\n", ":12\r\n", "$3\r\nabc\r\n", "$-1\r\n"] {
            let rest = try read(skipped + "$1\r\nx\r\n") { (cursor) throws(ReplyError) in
                try cursor.skip()
                return try cursor.bulk().map { Array($0) }
            }
            #expect(rest == Array("x".utf8))
            #expect(throws: ReplyError.incomplete) {
                try read(String(skipped.dropLast())) { (cursor) throws(ReplyError) in try cursor.skip() }
            }
        }
    }

    @Test("a line without an end is malformed once it is longer than any reply line")
    func endlessLine() {
        let text = "-" + String(repeating: "x", count: RedisLimits.readBytes)
        #expect(throws: ReplyError.malformed) {
            try read(text) { (cursor) throws(ReplyError) in try cursor.skip() }
        }
    }

    private func strings(_ cursor: inout ReplyCursor) throws(ReplyError) -> [String?] {
        var strings: [String?] = []
        for _ in 0..<(try cursor.arrayCount()) {
            strings.append(try cursor.bulk().map { String(decoding: $0, as: UTF8.self) })
        }
        return strings
    }

    private func read<R>(
        _ text: String, _ body: (inout ReplyCursor) throws(ReplyError) -> R
    ) throws -> R {
        try Array(text.utf8).withUnsafeBufferPointer { bytes in
            var cursor = try #require(ReplyCursor(bytes))
            return try body(&cursor)
        }
    }
}

extension String {
    func prefix(bytes: Int) -> String { String(decoding: utf8.prefix(bytes), as: UTF8.self) }
}
