/// Matches the answers of a daemon with those that a case expects.
struct ResponseMatcher {
    /// The expected answers that have not come, in the order of the case.
    private(set) var expected: [ExpectedResponse] = []
    /// The answers that nothing expects, in the order in which they came.
    private(set) var received: [[UInt8]] = []
    private(set) var captures: Captures = [:]
    private let isInOrder: Bool

    /// With `isInOrder`, the first expected answer must be the first that comes.
    init(isInOrder: Bool) {
        self.isInOrder = isInOrder
    }

    var isSettled: Bool { expected.isEmpty && received.isEmpty }

    mutating func expect(_ line: ExpectedLine, times: Int) {
        for number in 1...times { expected.append(ExpectedResponse(line, repetition: number)) }
    }

    /// Adds answers and removes those that match an expectation.
    mutating func receive(_ lines: [[UInt8]]) {
        received += lines
        if isInOrder { matchInOrder() } else { match() }
    }

    private mutating func matchInOrder() {
        var count = 0
        for (expectation, line) in zip(expected, received) {
            guard expectation.isMet(by: ReceivedLine(line), captures: &captures) else { break }
            count += 1
        }
        expected.removeFirst(count)
        received.removeFirst(count)
    }

    /// Matches the known lines first, so that an expectation with few members does not take their answers.
    private mutating func match() {
        var indices: [[UInt8]: [Int]] = [:]
        for (index, line) in received.enumerated().reversed() { indices[line, default: []].append(index) }
        var matched = Set<Int>()
        expected.removeAll { expectation in
            guard case .bytes(let bytes) = expectation.content, let index = indices[bytes]?.popLast()
            else { return false }
            return matched.insert(index).inserted
        }
        if !expected.isEmpty {
            let others = received.enumerated().filter { !matched.contains($0.offset) }
                .map { (index: $0.offset, line: ReceivedLine($0.element)) }
            expected.removeAll { expectation in
                let match = others.first {
                    !matched.contains($0.index) && expectation.isMet(by: $0.line, captures: &captures)
                }
                return match.map { matched.insert($0.index).inserted } ?? false
            }
        }
        received = received.enumerated().filter { !matched.contains($0.offset) }.map(\.element)
    }

    /// Where each expected answer differs from the answer to the same request, one difference a line.
    var differences: [String] {
        var rest = received.compactMap { ReceivedLine($0).tree }
        return expected.flatMap { expectation -> [String] in
            let id = expectation.tree?["id"]
            guard let index = rest.firstIndex(where: { id == nil || $0["id"] == id }) else { return [] }
            return expectation.differences(from: rest.remove(at: index), captures: captures)
        }
    }
}

/// A line that came, parsed once.
private struct ReceivedLine {
    let bytes: [UInt8]
    /// Nil for a line that no daemon may write.
    let tree: Tree?

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        tree = (try? Tree(bytes)).flatMap { $0.isOutputLine ? $0 : nil }
    }
}

/// An answer that must come.
struct ExpectedResponse: CustomStringConvertible {
    enum Content {
        /// An answer with at least these members.
        case covering(Tree)
        /// An answer of these bytes.
        case bytes([UInt8])
    }

    let content: Content
    let description: String
    /// The expected answer as JSON, placeholders included; nil where it is not JSON.
    let tree: Tree?
    private let lineNumber: Int

    fileprivate init(_ line: ExpectedLine, repetition: Int) {
        let text = line.template.patternText(number: repetition)
        lineNumber = line.number
        tree = try? Tree(text)
        if !line.isExact, let tree {
            content = .covering(tree)
        } else {
            content = .bytes(line.template.input(number: repetition, captures: [:]))
        }
        let mark = line.isExact ? "exactly " : ""
        description = (lineNumber > 0 ? "line \(lineNumber): " : "") + mark + Excerpt(text).text
    }

    /// Whether an answer is the expected one; its values are captured then.
    fileprivate func isMet(by line: ReceivedLine, captures: inout Captures) -> Bool {
        var found = captures
        let isMet =
            switch content {
            case .covering(let part): line.tree?.covers(part) { Self.fits($0, $1, captures: &found) } == true
            case .bytes(let bytes): line.bytes == bytes
            }
        if isMet { captures = found }
        return isMet
    }

    /// Whether a value fits a string of an expected answer, which may be a placeholder.
    private static func fits(_ value: Tree, _ text: String, captures: inout Captures) -> Bool {
        if text.hasPrefix("${"), text.hasSuffix("}"), let placeholder = Placeholder(text.dropFirst(2).dropLast()) {
            return placeholder.matches(value, captures: &captures)
        }
        return value == .string(text.replacing("$${", with: "${"))
    }

    /// Where an answer differs from this one, by JSON Pointer (RFC 6901).
    fileprivate func differences(from answer: Tree, captures: Captures) -> [String] {
        guard let tree else { return [] }
        var lines: [String] = []
        Self.compare(answer, with: tree, at: "", captures: captures, lines: &lines)
        if lines.isEmpty { lines = ["the expected members are the same, the bytes are not"] }
        return lines.map { (lineNumber > 0 ? "line \(lineNumber), " : "") + $0 }
    }

    private static func compare(
        _ value: Tree, with part: Tree, at pointer: String, captures: Captures, lines: inout [String]
    ) {
        switch (value, part) {
        case (.object, .object(let members)):
            for member in members {
                let pointer = "\(pointer)/\(token(member.key))"
                if let own = value[member.key] {
                    compare(own, with: member.value, at: pointer, captures: captures, lines: &lines)
                } else {
                    lines.append("\(pointer): expected \(Excerpt(member.value.bytes).text), but there is nothing")
                }
            }
        case (.array(let own), .array(let others)):
            if own.count != others.count {
                lines.append("\(name(pointer)): expected \(others.count) elements, got \(own.count)")
            }
            for (index, pair) in zip(own, others).enumerated() {
                compare(pair.0, with: pair.1, at: "\(pointer)/\(index)", captures: captures, lines: &lines)
            }
        default:
            var captures = captures
            guard !value.covers(part, matches: { fits($0, $1, captures: &captures) }) else { return }
            let (expected, got) = (Excerpt(part.bytes).text, Excerpt(value.bytes).text)
            lines.append("\(name(pointer)): expected \(expected), got \(got)")
        }
    }

    private static func name(_ pointer: String) -> String { pointer.isEmpty ? "the answer" : pointer }

    private static func token(_ key: String) -> String {
        key.replacing("~", with: "~0").replacing("/", with: "~1")
    }
}
