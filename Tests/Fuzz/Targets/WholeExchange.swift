import Glibc
import JSONRPC
import Threads

/// A connection from its first byte to its last.
struct WholeExchange {
    let methods: MethodTable
    let limits: Limits
    let isOrdered: Bool

    /// Sends the pieces, each of which is read by itself, ends the input, and gives the lines that were written.
    func run(_ pieces: [[UInt8]]) -> [[UInt8]] {
        let ends = Ends()
        defer { ends.closeOwn() }
        let ending = serve(ends)
        var answers: [UInt8] = []
        for piece in pieces.flatMap({ $0.chunked(by: limits.readBytes) }) { ends.send(piece, &answers) }
        ends.closeInput()
        while ends.receive(&answers) {}
        let found = ending.wait { $0 }
        demand(found == .endOfInput || found == .cutInput, "a connection ends with its input")
        demand(answers.isEmpty || answers.last == 0x0A, "what is written ends with a line end")
        return answers.isEmpty
            ? [] : answers.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
    }

    /// Serves in a task, while this thread sends and receives.
    private func serve(_ ends: Ends) -> Monitor<Connection.Ending?> {
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

/// The descriptors of an exchange: requests come by packets, so that no two pieces grow together on their way, and the
/// answers leave by a pipe, as a program that starts the daemon has it.
private struct Ends {
    let input: Int32
    let output: Int32
    private let requests: Int32
    private let answers: Int32

    init() {
        var sockets: [Int32] = [-1, -1]
        var pipes: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0, &sockets) == 0, pipe(&pipes) == 0 else {
            preconditionFailure("the system gives no descriptor")
        }
        (input, requests, answers, output) = (sockets[0], sockets[1], pipes[0], pipes[1])
    }

    /// Sends a piece as soon as there is room for it; until then takes what is answered.
    func send(_ piece: [UInt8], _ received: inout [UInt8]) {
        var polls = [
            pollfd(fd: requests, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: answers, events: Int16(POLLIN), revents: 0),
        ]
        while poll(&polls, 2, -1) >= 0, polls[0].revents == 0 { _ = receive(&received) }
        demand(Glibc.send(requests, piece, piece.count, Int32(MSG_NOSIGNAL.rawValue)) == piece.count, "the connection reads to the end")
    }

    /// Waits for something to be answered; false when nothing will be any more.
    func receive(_ received: inout [UInt8]) -> Bool {
        let count = withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { buffer in
            let count = read(answers, buffer.baseAddress, buffer.count)
            received += buffer.prefix(max(0, count))
            return count
        }
        return count > 0
    }

    func closeInput() { close(requests) }

    /// Closes what was the connection's.
    func closeServed() {
        close(input)
        close(output)
    }

    func closeOwn() { close(answers) }
}

extension [UInt8] {
    /// In pieces that one read takes: a packet that is longer would lose its end.
    fileprivate func chunked(by count: Int) -> [[UInt8]] {
        stride(from: 0, to: self.count, by: count).map { Array(self[$0..<Swift.min($0 + count, self.count)]) }
    }
}
