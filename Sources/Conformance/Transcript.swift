/// One case: what is done to a daemon, and what must come of it. Tests/DaemonTests/Transcripts/README.md describes
/// how it is written.
package struct Transcript: Sendable {
    /// What of the row is tried.
    package let title: String
    /// What the daemon is started with, beside its home.
    var arguments: [String] = []
    var errors: Child.Errors = .kept
    /// Contracts that are other than the program's own, by their paths.
    var contracts: [String: [UInt8]] = [:]
    var isInOrder = false
    var steps: [Step] = []

    init(title: String) {
        self.title = title
    }

    /// The ways in which this case can be played.
    ///
    /// A case in which more happens than input and its end would not stay the same in pieces. Nothing can follow a
    /// line that nothing ends, and a good request's answer may overtake others.
    package var deliveries: [Delivery] {
        if steps.contains(where: \.isStaged) { return [.inOneWrite] }
        return endsInLine && !isInOrder ? Delivery.allCases : [.inOneWrite, .byteByByte]
    }

    private var endsInLine: Bool {
        for case .send(let line, _) in steps.reversed() { return line.isEnded }
        return true
    }
}
