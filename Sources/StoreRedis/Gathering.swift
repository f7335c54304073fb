import Synchronization

/// The answers of a call's parts, given together when the last is there.
///
/// The caller sends all parts before it waits; a task for each would have to find a thread of the pool first.
final class Gathering<Value: Sendable>: Sendable {
    private let answers: Mutex<(here: [Answer<Value>?], missing: Int)>
    private let continuation: CheckedContinuation<[Answer<Value>], Never>

    init(_ count: Int, _ continuation: CheckedContinuation<[Answer<Value>], Never>) {
        answers = Mutex((Array(repeating: nil, count: count), count))
        self.continuation = continuation
    }

    /// Takes the answer of one part; called once for each.
    func take(_ answer: Answer<Value>, at place: Int) {
        let all: [Answer<Value>]? = answers.withLock { answers in
            answers.here[place] = answer
            answers.missing -= 1
            return answers.missing == 0 ? answers.here.compactMap(\.self) : nil
        }
        if let all { continuation.resume(returning: all) }
    }
}
