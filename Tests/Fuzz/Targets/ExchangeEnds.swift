import Glibc

/// The descriptors of an exchange: requests come by packets, so that no two pieces grow together on their way, and the
/// answers leave by a pipe, as a program that starts the daemon has it.
struct ExchangeEnds {
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
        let sent = Glibc.send(requests, piece, piece.count, Int32(MSG_NOSIGNAL))
        Promise.demand(sent == piece.count, "the connection reads to the end")
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
