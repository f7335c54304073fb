import Bureau

/// The lines of a key ring's file, one after the other.
struct KeyRingLines {
    /// One line, without its LF.
    struct Line {
        let number: Int
        let text: Slice<UnsafeRawBufferPointer>

        /// What follows a keyword; nil when the line begins otherwise.
        func rest(after keyword: String) -> Slice<UnsafeRawBufferPointer>? {
            text.starts(with: keyword.utf8) ? text.dropFirst(keyword.utf8.count) : nil
        }

        /// The number and key of a `wrap` line; nil when it is not one.
        var wrappingKey: (UInt32, SecretKey)? {
            guard let rest = rest(after: "wrap ") else { return nil }
            guard let space = rest.firstIndex(of: UInt8(ascii: " ")) else { return nil }
            let digits = String(decoding: rest[..<space], as: UTF8.self)
            // One spelling for each number: UInt32 would also take "+1" and "01".
            guard let number = UInt32(digits), number > 0, String(number) == digits else { return nil }
            return SecretKey(hexadecimal: rest[(space + 1)...]).map { (number, $0) }
        }
    }

    private var rest: Slice<UnsafeRawBufferPointer>
    private var number = 0

    init(_ text: UnsafeRawBufferPointer) {
        rest = text[...]
    }

    /// The error of a file that ends too early: it is about the line that is not there.
    var missing: KeyRingError { .malformed(line: number + 1, .missing) }

    /// The next line; nil at the end. A line without LF was cut, and is refused.
    mutating func next() throws(KeyRingError) -> Line? {
        guard !rest.isEmpty else { return nil }
        number += 1
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { throw .malformed(line: number, .cut) }
        defer { rest = rest[(end + 1)...] }
        return Line(number: number, text: rest[..<end])
    }

    /// The next line that says something; nil at the end.
    mutating func nextBeyondComments() throws(KeyRingError) -> Line? {
        while let line = try next() {
            if line.text.first != UInt8(ascii: "#") { return line }
        }
        return nil
    }
}
