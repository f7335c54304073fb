/// The answers that must come and those that have come, until they are matched with each other.
struct AnswerSheet {
    /// An answer that must come.
    enum Awaited {
        case saying(Tree)
        case exactly([UInt8])
    }

    /// Those that must come and have not, in the order of the case.
    private(set) var awaited: [Awaited] = []
    /// Those that have come and that nothing asked for, in the order in which they came.
    private(set) var received: [[UInt8]] = []
    private let isInOrder: Bool

    /// With `isInOrder`, the first awaited must be the first received.
    init(isInOrder: Bool) {
        self.isInOrder = isInOrder
    }

    /// Takes note of answers that must come.
    mutating func expect(_ expectation: Expectation, times: Int) {
        for number in 1...times {
            switch expectation {
            case .saying(let line):
                // It was parsed when the case was read; that it is the `number`th time changes no more than digits.
                if let tree = try? Tree(line.bytes(number: number)) { awaited.append(.saying(tree)) }
            case .exactly(let line): awaited.append(.exactly(line.bytes(number: number)))
            }
        }
    }

    /// Takes answers over and strikes off what agrees.
    mutating func receive(_ lines: [[UInt8]]) {
        received += lines
        if isInOrder { matchInOrder() } else { match() }
    }

    private mutating func matchInOrder() {
        let count = zip(awaited, received).prefix { $0.isMet(by: Answer($1)) }.count
        awaited.removeFirst(count)
        received.removeFirst(count)
    }

    /// Those first of which every byte is known, so that one that says little does not take their answers.
    private mutating func match() {
        var places: [[UInt8]: [Int]] = [:]
        for (place, line) in received.enumerated().reversed() { places[line, default: []].append(place) }
        var taken = Set<Int>()
        awaited.removeAll { awaited in
            guard case .exactly(let bytes) = awaited, let place = places[bytes]?.popLast() else { return false }
            return taken.insert(place).inserted
        }
        if !awaited.isEmpty {
            let left = received.enumerated().filter { !taken.contains($0.offset) }
                .map { (place: $0.offset, answer: Answer($0.element)) }
            awaited.removeAll { awaited in
                let met = left.first { !taken.contains($0.place) && awaited.isMet(by: $0.answer) }
                return met.map { taken.insert($0.place).inserted } ?? false
            }
        }
        received = received.enumerated().filter { !taken.contains($0.offset) }.map(\.element)
    }
}

/// A line that came, parsed at most once.
private struct Answer {
    let bytes: [UInt8]
    /// Nil when it is none that a daemon may write.
    let tree: Tree?

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        tree = (try? Tree(bytes)).flatMap { $0.isAnswer ? $0 : nil }
    }
}

extension AnswerSheet.Awaited {
    fileprivate func isMet(by answer: Answer) -> Bool {
        switch self {
        case .saying(let part): answer.tree?.covers(part) == true
        case .exactly(let bytes): answer.bytes == bytes
        }
    }
}

extension AnswerSheet.Awaited: CustomStringConvertible {
    var description: String {
        switch self {
        case .saying(let tree): Excerpt(tree.bytes).text
        case .exactly(let bytes): "exactly " + Excerpt(bytes).text
        }
    }
}
