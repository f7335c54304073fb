import Glibc
import JSON

/// The line of a call, cut at what the lines beside it differ in: its id and its subject.
///
/// A client writes its lines by one template. A line that differs from a valid one in these two texts alone says the
/// same about another subject, and need not be parsed, held against the schema and decoded once more.
struct CallTemplate {
    /// The texts that a line has where the template's line has its own.
    struct Match {
        /// A JSON number or string.
        let id: UnsafeBufferPointer<UInt8>
        /// As long as the template's own.
        let subject: UnsafeBufferPointer<UInt8>
    }

    /// The most digits of an id that is a number. A line with more is rare, and served like any other.
    private static let maximumDigits = 18

    private let line: [UInt8]
    private let id: Range<Int>
    /// Between the quotes.
    private let subject: Range<Int>
    private let maximumIDBytes: Int

    /// Cuts the line of a call. Nil for a line that is no object, such as a batch, and when a text is not in the line,
    /// or the subject is no string without escapes.
    init?(_ line: UnsafeBufferPointer<UInt8>, id: UnsafeBufferPointer<UInt8>, subject: Value, maximumIDBytes: Int) {
        guard line.first == UInt8(ascii: "{"), subject.isPlainASCII, !subject.contents.isEmpty,
            let id = line.range(of: id), let subject = line.range(of: subject.contents), !id.overlaps(subject)
        else { return nil }
        self.line = Array(line)
        self.id = id
        self.subject = subject
        self.maximumIDBytes = maximumIDBytes
    }

    /// Holds a line against the template; nil when it differs in anything else, or its id is of a rare form.
    func match(_ other: UnsafeBufferPointer<UInt8>) -> Match? {
        line.withUnsafeBufferPointer { line in
            let isIDFirst = id.lowerBound < subject.lowerBound
            let (start, middle, end) =
                isIDFirst
                ? (0..<id.lowerBound, id.upperBound..<subject.lowerBound, subject.upperBound..<line.count)
                : (0..<subject.lowerBound, subject.upperBound..<id.lowerBound, id.upperBound..<line.count)
            guard other.count >= start.upperBound, line.equals(other, in: start, at: 0) else { return nil }
            let idStart = id.lowerBound
            guard isIDFirst || line.equals(other, in: middle, at: middle.lowerBound),
                let idEnd = Self.endOfID(in: other, from: idStart), idEnd - idStart <= maximumIDBytes
            else { return nil }
            let shift = idEnd - id.upperBound
            guard other.count == line.count + shift, line.equals(other, in: end, at: end.lowerBound + shift),
                !isIDFirst || line.equals(other, in: middle, at: middle.lowerBound + shift)
            else { return nil }
            let subjectStart = subject.lowerBound + (isIDFirst ? shift : 0)
            return Match(
                id: UnsafeBufferPointer(rebasing: other[idStart..<idEnd]),
                subject: UnsafeBufferPointer(rebasing: other[subjectStart..<(subjectStart + subject.count)]))
        }
    }

    /// Returns where an id ends that is a natural number, or a string of printable ASCII without escapes. What follows
    /// a token in the template, which `match` compares, belongs to no number.
    private static func endOfID(in line: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard start < line.count else { return nil }
        var end = start + 1
        switch line[start] {
        case UInt8(ascii: "0"): return end
        case UInt8(ascii: "1")...UInt8(ascii: "9"):
            while end < line.count, line[end] &- UInt8(ascii: "0") <= 9 { end += 1 }
            return end - start <= maximumDigits ? end : nil
        case UInt8(ascii: "\""):
            while end < line.count, line[end] != UInt8(ascii: "\"") {
                guard 0x20...0x7E ~= line[end], line[end] != UInt8(ascii: "\\") else { return nil }
                end += 1
            }
            return end < line.count ? end + 1 : nil
        default: return nil
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Where a part of this memory is; nil for other memory.
    fileprivate func range(of part: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
        guard let base = baseAddress, let start = part.baseAddress, start >= base, start + part.count <= base + count
        else { return nil }
        return (start - base)..<(start - base + part.count)
    }

    /// Whether the bytes of a range are those of `other` from `offset` on.
    fileprivate func equals(_ other: UnsafeBufferPointer<UInt8>, in range: Range<Int>, at offset: Int) -> Bool {
        guard offset + range.count <= other.count else { return false }
        guard let own = baseAddress, let others = other.baseAddress else { return range.isEmpty }
        return memcmp(own + range.lowerBound, others + offset, range.count) == 0
    }
}
