import Testing

extension Transcript {
    /// Checks a daemon's output, and that of `extra` requests that were sent beside the case.
    func check(_ outcome: ChildProcess.Outcome, extra: [Expectation] = []) throws {
        #expect(outcome.ending == .exited(0), "\(outcome.errorText)")
        var lines = try Answers(outcome.output).all.isEmpty ? [] : outcome.output.dropLast().split(separator: 0x0A)
        for expectation in expectations + extra {
            if let index = try lines.firstIndex(where: { try expectation.isMet(by: $0) }) {
                lines.remove(at: index)
            } else {
                Issue.record("no answer says \(expectation)")
            }
        }
        for line in lines { Issue.record("unexpected: \(String(decoding: line.prefix(400), as: UTF8.self))") }
    }
}

extension Transcript.Expectation: CustomStringConvertible {
    fileprivate func isMet(by line: ArraySlice<UInt8>) throws -> Bool {
        switch self {
        case .saying(let part): try Tree(line).covers(part)
        case .exactly(let bytes): line.elementsEqual(bytes)
        }
    }

    var description: String {
        switch self {
        case .saying(let tree): "\(tree)"
        case .exactly(let bytes): "exactly " + String(decoding: bytes, as: UTF8.self)
        }
    }
}
