import JSON

/// How far an import has come at a moment, in words.
public struct ImportProgress: Sendable {
    public var rows: Int
    public var rejected: Int
    /// The rows of an earlier run, which do not count for the rate.
    public var formerRows: Int
    public var formerBytes: Int
    /// The bytes of the rows that have their end.
    public var bytes: Int
    /// The bytes of the whole file; nil when it is a pipe.
    public var size: Int?
    public var elapsed: Duration
    /// Why a store is asked again.
    public var retry: String?

    public init(
        rows: Int, rejected: Int, formerRows: Int, formerBytes: Int, bytes: Int, size: Int?, elapsed: Duration,
        retry: String?
    ) {
        self.rows = rows
        self.rejected = rejected
        self.formerRows = formerRows
        self.formerBytes = formerBytes
        self.bytes = bytes
        self.size = size
        self.elapsed = elapsed
        self.retry = retry
    }

    private var seconds: Double { max(0.001, elapsed / .seconds(1)) }
    public var perSecond: Int { Int(Double(rows - formerRows) / seconds) }

    /// The seconds that the rest of the file takes at the present rate; nil when that is not known.
    public var secondsLeft: Int? {
        guard let size, bytes > formerBytes, size >= bytes else { return nil }
        return Int((Double(size - bytes) / (Double(bytes - formerBytes) / seconds)).rounded(.up))
    }

    /// One line of at most `width` columns: a bar, its percentage, rows, rate and the time left.
    public func bar(width: Int) -> String {
        var parts = ["\(rows) rows", "\(perSecond)/s"]
        if let secondsLeft { parts.append("\(Self.clock(secondsLeft)) left") }
        if rejected > 0 { parts.append("\(rejected) rejected") }
        if let retry { parts.append("asks again: \(retry)") }
        // No word is cut: what does not fit is left out.
        var text = ""
        for part in parts {
            let longer = text.isEmpty ? part : "\(text), \(part)"
            if longer.count <= width { text = longer }
        }
        let room = min(40, width - text.count - 9)
        guard let size, size > 0, room >= 8 else { return text }
        let share = min(1, Double(bytes) / Double(size))
        let full = Int(share * Double(room))
        let percent = String(Int(share * 100))
        let pad = String(repeating: " ", count: 3 - percent.count)
        let bar = String(repeating: "#", count: full) + String(repeating: "-", count: room - full)
        return "[\(bar)] \(pad)\(percent)% \(text)"
    }

    /// One JSON object, for a log.
    public var line: String {
        var writer = Writer()
        writer.object { line in
            for (name, number): (StaticString, Int?) in [
                ("rows", rows), ("rejected", rejected), ("perSecond", perSecond), ("bytes", bytes), ("ofBytes", size),
                ("secondsLeft", secondsLeft),
            ] {
                guard let number else { continue }
                line.key(name)
                line.number(number)
            }
            guard let retry else { return }
            line.key("askingAgain")
            line.string(retry)
        }
        return String(decoding: writer.take(), as: UTF8.self)
    }

    /// Hours, minutes and seconds.
    private static func clock(_ seconds: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(seconds % 60))" : "\(minutes):\(two(seconds % 60))"
    }
}
