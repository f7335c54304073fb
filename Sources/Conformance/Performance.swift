/// A case while it is played.
struct Performance {
    private static let goodRequest = Array(#"{"jsonrpc":"2.0","id":"good","method":"system.ping"}"#.utf8) + [0x0A]
    private static let goodAnswer = #"{"jsonrpc":"2.0","id":"good","result":"pong"}"#
    /// A long input is cut into pieces of a size that no buffer has.
    private static let (longInputBytes, pieceBytes) = (1 << 14, 4093)

    /// The first lines of the input.
    private(set) var sent: [[UInt8]] = []
    private let transcript: Transcript
    private let delivery: Delivery
    private let child: Child
    private let home: String
    private var sheet: AnswerSheet
    private var hold: StoreHold?
    private var hasClosedInput = false
    /// Its reader went away, or never came back.
    private var isOutputLost = false
    private var hasEnded = false

    init(_ transcript: Transcript, _ delivery: Delivery, child: Child, home: String) {
        self.transcript = transcript
        self.delivery = delivery
        self.child = child
        self.home = home
        sheet = AnswerSheet(isInOrder: transcript.isInOrder)
    }

    mutating func run() throws(Mismatch) {
        for step in transcript.steps {
            switch step {
            case .send(let line, let times): try send(line, times: times)
            case .expect(let expectation, let times): sheet.expect(expectation, times: times)
            case .perform(let act): try perform(act)
            }
        }
        if !hasEnded {
            try closeInput()
            try waitForEnd(status: 0)
        }
        sheet.receive(child.output.takeLines())
        guard sheet.awaited.isEmpty else { throw difference() }
        guard isOutputLost || sheet.received.isEmpty && child.output.unfinishedLine.isEmpty else { throw difference() }
    }

    private mutating func send(_ line: Line, times: Int) throws(Mismatch) {
        for number in 1...times {
            let bytes = line.bytes(number: number)
            if sent.count < 8 { sent.append(bytes) }
            try deliver(line.isEnded ? bytes + [0x0A] : bytes)
        }
    }

    private func deliver(_ bytes: [UInt8]) throws(Mismatch) {
        guard delivery == .byteByByte else { return child.input.add(bytes) }
        let size = bytes.count > Self.longInputBytes ? Self.pieceBytes : 1
        for start in stride(from: 0, to: bytes.count, by: size) {
            child.input.add(Array(bytes[start...].prefix(size)))
            guard child.advance(isPolled: true, until: { child.hasTakenAll }) else {
                throw Mismatch(expected: ["the input is read"], got: ["\(start) bytes of a line are"])
            }
        }
    }

    private mutating func closeInput() throws(Mismatch) {
        guard !hasClosedInput else { return }
        hasClosedInput = true
        if delivery == .beforeAGoodRequest, let answer = try? Line(Self.goodAnswer[...]) {
            child.input.add(Self.goodRequest)
            sheet.expect(.exactly(answer), times: 1)
        }
        guard child.advance(until: { child.hasSent }) else {
            throw Mismatch(expected: ["the input is read"], got: ["it is not, to its end"])
        }
        child.input.close()
    }

    private mutating func waitForEnd(status: Int32) throws(Mismatch) {
        hasEnded = true
        let ending = child.waitForEnd()
        guard ending == .exited(status) else {
            sheet.receive(child.output.takeLines())
            let (expected, got) = ("\(Ending.exited(status))", "\(ending)")
            let isAllElse = sheet.awaited.isEmpty && sheet.received.isEmpty
            let difference = isAllElse ? Mismatch(expected: [], got: []) : difference()
            throw Mismatch(expected: [expected] + difference.expected, got: [got] + difference.got)
        }
    }

    /// Waits for the answers that must have come by now.
    private mutating func settle() throws(Mismatch) {
        let isComplete = child.advance {
            child.output.lines.count + sheet.received.count >= sheet.awaited.count
                && (child.hasSent || !child.output.isRead)
        }
        sheet.receive(child.output.takeLines())
        guard sheet.awaited.isEmpty else {
            var mismatch = difference()
            if !isComplete { mismatch.got.append(child.ending.map { "\($0)" } ?? "nothing more") }
            throw mismatch
        }
    }

    private func difference() -> Mismatch {
        var got = sheet.received.map { Excerpt($0).text }
        if !child.output.unfinishedLine.isEmpty {
            got.append(Excerpt(child.output.unfinishedLine).text + " without LF")
        }
        let expected = sheet.awaited.map(\.description)
        return Mismatch(
            expected: expected.isEmpty ? ["nothing more"] : expected, got: got.isEmpty ? ["nothing"] : got)
    }
}

extension Performance {
    private mutating func perform(_ act: Act) throws(Mismatch) {
        try settle()
        switch act {
        case .hold(let base):
            hold = StoreHold(file: "\(home)/base-\(base).sqlite")
            if hold == nil { throw Mismatch(expected: ["the embedded store is open"], got: ["it cannot be held"]) }
        case .release: hold = nil
        case .signal(let number): child.signal(number)
        case .closeInput: try closeInput()
        case .closeOutput:
            isOutputLost = true
            child.output.close()
        case .leaveOutputUnread:
            isOutputLost = true
            child.output.isRead = false
        case .readOutput:
            isOutputLost = false
            child.output.isRead = true
        case .waitUntilInputIsFull:
            if !child.waitUntilInputIsFull() {
                throw Mismatch(expected: ["the daemon stops reading"], got: ["it read everything"])
            }
        case .peakMemory(let mebibytes):
            let peak = ProcessStatus(of: child.process)?.peakMemoryKiB ?? .max
            if peak > mebibytes << 10 {
                throw Mismatch(expected: ["at most \(mebibytes) MiB resident"], got: ["\(peak) KiB"])
            }
        case .exit(let status): try waitForEnd(status: status)
        }
    }
}
