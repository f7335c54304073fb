import JSONRPC
import Platform

/// A connection from its first byte to its last.
struct WholeExchange {
    let methods: MethodTable
    let limits: Limits
    let isOrdered: Bool

    /// Sends the pieces, each of which is read by itself, ends the input, and gives the lines that were written.
    func run(_ pieces: [[UInt8]]) -> [[UInt8]] {
        let ends = ExchangeEnds()
        defer { ends.closeOwn() }
        let ending = serve(ends)
        var answers: [UInt8] = []
        for piece in pieces.flatMap({ $0.chunked(by: limits.readBytes) }) { ends.send(piece, &answers) }
        ends.closeInput()
        while ends.receive(&answers) {}
        let found = ending.wait { $0 }
        Promise.demand(found == .endOfInput || found == .cutInput, "a connection ends with its input")
        Promise.demand(answers.isEmpty || answers.last == 0x0A, "what is written ends with a line end")
        return answers.isEmpty
            ? [] : answers.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
    }

    /// Serves in a task, while this thread sends and receives.
    private func serve(_ ends: ExchangeEnds) -> Monitor<Connection.Ending?> {
        let ending = Monitor<Connection.Ending?>(nil)
        do {
            let connection = try Connection(
                input: ends.input, output: ends.output, methods: methods, limits: limits, isOrdered: isOrdered)
            Task.detached {
                let found = try? await connection.serve()
                ends.closeServed()
                ending.change { ending in
                    ending = .some(found ?? .stopped)
                    return ((), true)
                }
            }
        } catch {
            preconditionFailure("\(error)")
        }
        return ending
    }
}

extension [UInt8] {
    /// In pieces that one read takes: a packet that is longer would lose its end.
    fileprivate func chunked(by count: Int) -> [[UInt8]] {
        stride(from: 0, to: self.count, by: count).map { Array(self[$0..<Swift.min($0 + count, self.count)]) }
    }
}
