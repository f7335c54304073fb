import Glibc

/// What goes over one link: exchanges out, replies in.
final class Traffic {
    private let link: Link
    private let endpoint: Endpoint
    private var flight = Flight()
    private var input = InputBuffer()
    private var output: [UInt8] = []
    /// How much of `output` is sent, and how much was before `output` was last emptied.
    private var sentOfOutput = 0
    private var sentBefore = 0

    init(_ link: Link, _ endpoint: Endpoint) {
        self.link = link
        self.endpoint = endpoint
    }

    var socket: Int32 { link.socket }
    var isIdle: Bool { flight.count == 0 }
    var deadline: Moment? { flight.deadline }

    /// How many exchanges more it takes now.
    var room: Int {
        output.count - sentOfOutput > Limits.unsentBytes ? 0 : Limits.exchangesInFlight - flight.count
    }

    /// What poll(2) is to wait for.
    var interest: Int16 { Int16(POLLIN) | (sentOfOutput < output.count ? Int16(POLLOUT) : 0) }

    func send(_ exchange: Exchange) {
        flight.add(exchange)
        output.append(contentsOf: exchange.unanswered)
    }

    /// Hands all output to the link, as far as it takes it.
    func write() throws(RedisFault) {
        while sentOfOutput < output.count {
            let progress = output.withUnsafeBytes { bytes in
                link.write(UnsafeRawBufferPointer(rebasing: bytes[sentOfOutput...]))
            }
            switch progress {
            case .moved(let count): sentOfOutput += count
            case .waits: return
            case .ended(let fault): throw fault
            }
        }
        sentBefore += sentOfOutput
        sentOfOutput = 0
        output.removeAll(keepingCapacity: true)
    }

    /// Reads all replies that have arrived, and ends the exchanges that they complete.
    func read() throws(RedisFault) {
        while true {
            switch try input.fill(from: link) {
            case .moved: break
            case .waits: return
            case .ended(let fault): throw fault
            }
            // What fills the buffer may have more behind it. TLS may hold decrypted bytes that poll(2) knows nothing
            // of.
            let mayHaveMore = input.isFull || link.mayHoldInput
            try readReplies()
            guard mayHaveMore else { return }
        }
    }

    /// Everything under way, split by whether the link has had any of it. The link is of no more use.
    func abandon() -> (sent: [Exchange], unsent: [Exchange]) {
        flight.takeAll(sentBytes: sentBefore + sentOfOutput)
    }

    private func readReplies() throws(RedisFault) {
        var isMalformed = false
        input.drain { bytes in
            guard var cursor = ReplyCursor(bytes), let start = bytes.baseAddress else { return 0 }
            do throws(ReplyError) {
                while let exchange = flight.first {
                    try exchange.read(&cursor, from: endpoint)
                    flight.removeFirst().end(.answered)
                }
                // A server that speaks out of turn may be out of step for good.
                isMalformed = cursor.position < start + bytes.count
            } catch {
                isMalformed = error == .malformed
            }
            return cursor.position - start
        }
        if isMalformed { throw .notRedis }
    }
}
