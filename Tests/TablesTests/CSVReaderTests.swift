import Glibc
import Tables
import Testing

@Suite("CSV reader")
struct CSVReaderTests {
    /// Reads a whole file that arrives in parts of `partBytes`; the buffer begins as small as it may be.
    private func read(_ text: String, partBytes: Int = .max, separator: UInt8 = UInt8(ascii: ",")) throws(CSVError)
        -> [[String]]
    {
        var rest = Array(text.utf8)[...]
        var reader = try CSVReader(separator: separator, maximumRecordBytes: 64, bufferBytes: 16) { buffer in
            let count = min(partBytes, buffer.count, rest.count)
            buffer.copyBytes(from: rest.prefix(count))
            rest = rest.dropFirst(count)
            return count
        }
        var rows = [reader.columns]
        while try reader.next() { rows.append(reader.columns.indices.map { reader[$0].text }) }
        return rows
    }

    @Test(
        "quotes, separators, line ends within quotes, CRLF and a byte order mark are read alike in parts of any size",
        arguments: 1...12)
    func wholeGrammar(partBytes: Int) throws {
        let text = "\u{FEFF}id,\"a \"\"b\"\"\",c\r\n1,\"x, y\",\"two\nlines\"\n2,,\"\"\r\n\n3,\"\"\"\",é"
        let expected = [["id", "a \"b\"", "c"], ["1", "x, y", "two\nlines"], ["2", "", ""], ["3", "\"", "é"]]
        #expect(try read(text, partBytes: partBytes) == expected)
    }

    @Test("an empty line of a file with one column is a record, and of several columns none")
    func emptyLines() throws {
        #expect(try read("a\n1\n\n2\n") == [["a"], ["1"], [""], ["2"]])
        #expect(try read("a,b\n\n1,2\n\r\n") == [["a", "b"], ["1", "2"]])
    }

    @Test("another separator may stand between fields")
    func separators() throws {
        #expect(try read("a;b\n1,5;2\n", separator: UInt8(ascii: ";")) == [["a", "b"], ["1,5", "2"]])
    }

    @Test(
        "what is no CSV is refused by its line",
        arguments: [
            ("", CSVError.noHeader), ("\n1\n", .noHeader), ("a,a\n", .duplicateColumn("a")),
            ("a,b\n1,2\n1,2,3\n", .wrongFieldCount(line: 3, found: 3, expected: 2)),
            ("a,b\n\"1\n\",2\n3\n", .wrongFieldCount(line: 4, found: 1, expected: 2)),
            ("a\n\"1\"2\n", .brokenQuotes(line: 2)), ("a\n1\"2\n", .brokenQuotes(line: 2)),
            ("a\n\"1\"\r2\n", .brokenQuotes(line: 2)), ("a\n\"1", .brokenQuotes(line: 2)),
            ("a\n" + String(repeating: "1", count: 200) + "\n", .recordTooLong(line: 2, limit: 64)),
        ])
    func refused(text: String, error: CSVError) {
        for partBytes in [1, 3, .max] {
            #expect(throws: error) { try read(text, partBytes: partBytes) }
        }
    }

    @Test("an error of the source is told with its number")
    func unreadable() {
        #expect(throws: CSVError.unreadable(EIO)) {
            _ = try CSVReader { _ in
                errno = EIO
                return -1
            }
        }
    }

    @Test("a description names lines and counts, and nothing of a record")
    func descriptions() {
        let error = CSVError.wrongFieldCount(line: 7, found: 3, expected: 4)
        #expect(error.description == "line 7 has 3 fields, and the header has 4")
    }
}
