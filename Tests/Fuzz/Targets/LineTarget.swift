import JSON
import JSONRPC

/// Any bytes as a connection's input: the daemon's own methods and contracts, on bases in memory.
///
/// Each line is answered as ``ExpectedReply`` says, whatever the pieces in which it arrives, the limits that cut the
/// calls into groups, and the order that is asked for; and each time with the same answers.
package struct LineTarget: FuzzTarget {
    private let bureau = MemoryBureau()

    package init() {}

    package func run(_ input: UnsafeBufferPointer<UInt8>) {
        let input = Array(input)
        let expected = ExpectedReply.replies(to: input)
        let whole = answers(to: [input], of: expected, limits: Limits(), isOrdered: false)

        var chance = Chance(seed: input)
        let pieces = chance.pieces(of: input)
        var limits = Limits()
        limits.readBytes = chance.number(upTo: 4096)
        limits.callsInGroup = chance.number(upTo: 8)
        limits.groupsInLane = chance.number(upTo: 3)
        limits.bytesRunning = chance.number(upTo: 16384)
        limits.callsInFlight = chance.number(upTo: 16)
        limits.outputBytes = chance.number(upTo: 4096)
        let isOrdered = chance.number(upTo: 2) == 1
        let cut = answers(to: pieces, of: expected, limits: limits, isOrdered: isOrdered)

        // Which of two calls under one id is the second, and what is still there to be cancelled, is a matter of time.
        guard !(whole + cut).contains(where: \.dependsOnTime) else { return }
        let (first, second) = (Set(whole.map(\.timeless)), Set(cut.map(\.timeless)))
        Promise.demand(
            first == second, "pieces and limits do not change the answers: \(first.symmetricDifference(second))")
    }

    private func answers(
        to pieces: [[UInt8]], of expected: [ExpectedReply], limits: Limits, isOrdered: Bool
    ) -> [AnswerRecord] {
        bureau.clear()
        let exchange = WholeExchange(methods: bureau.methods, limits: limits, isOrdered: isOrdered)
        let answers = exchange.run(pieces).compactMap(AnswerRecord.init).filter { !$0.isProgress }
        let (found, wanted) = (answers.map(\.reply), expected)
        if isOrdered {
            Promise.demand(found == wanted, "ordered answers come in the order of their requests")
        } else {
            Promise.demand(
                Self.counted(found) == Self.counted(wanted), "each request is answered, once, and nothing else")
        }
        return answers
    }

    private static func counted(_ replies: [ExpectedReply]) -> [ExpectedReply: Int] {
        replies.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
}
