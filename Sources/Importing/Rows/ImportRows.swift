import JSON
import Tables

/// The rows of a file, read one by one in order.
public protocol ImportRows: AnyObject {
    /// The line on which the last row began, from 1.
    var line: Int { get }
    /// The line on which the last row ended.
    var lastLine: Int { get }
    /// Where the next row begins, in bytes from the beginning of the file.
    var position: Int { get }
    /// Whether the file ends within the last row's line.
    var lacksLineEnd: Bool { get }

    /// Passes over everything before a position that a row once ended at; false when the file ends before it.
    ///
    /// `lastLine` is the one that ends at the position.
    func pass(to position: Int, lastLine: Int) throws(CSVError) -> Bool

    /// Reads the next row and appends its params; nil at the end of the file.
    func next(into params: inout Writer) throws(CSVError) -> RowFinding?
}

/// What became of one row as it was read.
public enum RowFinding: Equatable, Sendable {
    /// Its params were appended.
    case params
    /// It has none.
    case refused(RowRefusal)
}

/// Why a row is not imported; no value of it.
public struct RowRefusal: Equatable, Sendable {
    /// A place that is wrong: a JSON Pointer (RFC 6901) within the row.
    public struct Place: Equatable, Sendable {
        public let reason: String
        public let pointer: String
        /// What is accepted there, in the program's words.
        public let accepted: String?

        public init(reason: String, pointer: String, accepted: String? = nil) {
            self.reason = reason
            self.pointer = pointer
            self.accepted = accepted
        }
    }

    public let first: Place
    public let others: [Place]

    public init(reason: String) {
        self.init(Place(reason: reason, pointer: ""))
    }

    public init(_ first: Place, others: [Place] = []) {
        self.first = first
        self.others = others
    }

    /// Appends the line of a file of rejects.
    public func write(line: Int, to bytes: inout [UInt8]) {
        var writer = Writer()
        writer.object { reject in
            reject.key("line")
            reject.number(line)
            Self.write(first, to: &reject)
            guard !others.isEmpty else { return }
            reject.key("others")
            reject.array { list in
                for place in others { list.object { Self.write(place, to: &$0) } }
            }
        }
        bytes += writer.take()
        bytes.append(UInt8(ascii: "\n"))
    }

    private static func write(_ place: Place, to object: inout Writer) {
        object.key("reason")
        object.string(place.reason)
        object.key("pointer")
        object.string(place.pointer)
        guard let accepted = place.accepted else { return }
        object.key("accepted")
        object.string(accepted)
    }
}

/// What one row may be, so that the request that is made of it is always a valid line.
public enum RowLimits {
    /// The longest row; a request has room for its envelope besides.
    public static let maximumRowBytes = 1 << 20
    /// What a request may have more than its row.
    public static let envelopeBytes = 4 << 10
    /// The params lie one level below the request, and a debt two.
    static let parser = Parser.Limits(maximumDepth: 60)
}
