/// The rows of an import that were read and have no end yet, and the place up to which every row has its end.
///
/// Rows end in any order, and are counted in the order of the file: what is counted lies before the place at which an
/// import goes on.
public struct ImportLedger: Sendable {
    /// A place in the file behind a row.
    public struct Place: Equatable, Sendable {
        public var offset: Int
        public var line: Int
        /// The `RunningDigest` of the bytes before it, when an import may go on there.
        public var digest: UInt64

        public init(offset: Int, line: Int, digest: UInt64 = 0) {
            self.offset = offset
            self.line = line
            self.digest = digest
        }
    }

    public struct Row: Sendable {
        public let line: Int
        let end: Place
        /// Whether the file ends within the row's line, which may be written to its end yet.
        let mayGrow: Bool
        /// The request that is on its way; none for a row that was refused as it was read.
        public fileprivate(set) var request: [UInt8]
        /// Whether the request changes what is there already.
        public fileprivate(set) var isUpdate = false
        /// Whether the request may have taken effect already, and has no idempotency key.
        public fileprivate(set) var isUncertain = false
        fileprivate var ending: RowEnding?
    }

    /// The most rows, and bytes of their requests, that have no end.
    private let maximumRows: Int
    private let maximumBytes: Int
    /// The rows from `first` on, by their number modulo the size.
    private var rows: [Row?]
    private var bytes = 0
    private var first = 0
    private var next = 0
    /// The place behind the last row that was counted.
    public private(set) var place: Place
    public private(set) var tally: ImportTally
    /// The lines of rejected rows that were counted and are not written yet.
    private var rejects: [UInt8] = []
    private let keepsRejects: Bool
    /// Whether the last row was refused, and left to another run, because its line has no end.
    public private(set) var leavesLastRow = false

    public init(
        from place: Place, tally: ImportTally, keepsRejects: Bool, maximumRows: Int = 16 << 10,
        maximumBytes: Int = 16 << 20
    ) {
        self.place = place
        self.tally = tally
        self.keepsRejects = keepsRejects
        self.maximumRows = maximumRows
        self.maximumBytes = maximumBytes
        rows = Array(repeating: nil, count: maximumRows)
    }

    /// Whether another row can be read.
    public var hasRoom: Bool { next - first < maximumRows && bytes < maximumBytes }
    /// How many further rows can be read, their bytes aside.
    public var room: Int { hasRoom ? maximumRows - (next - first) : 0 }
    public var isEmpty: Bool { first == next }
    /// The rows without an end, and those behind the first of them.
    public var count: Int { next - first }
    /// The rows without an end.
    public var openCount: Int { (first..<next).count { self[$0] != nil } }
    /// The number that the next row gets.
    public var nextNumber: Int { next }

    /// Adds a row whose request is on its way.
    public mutating func add(line: Int, end: Place, request: [UInt8], mayGrow: Bool = false) {
        precondition(next - first < maximumRows, "rows are added only where there is room")
        rows[next % maximumRows] = Row(line: line, end: end, mayGrow: mayGrow, request: request)
        bytes += request.count
        next += 1
    }

    /// Adds a row that was refused as it was read.
    public mutating func add(line: Int, end: Place, refused refusal: RowRefusal, mayGrow: Bool = false) {
        add(line: line, end: end, request: [], mayGrow: mayGrow)
        self.end(next - 1, .rejected(refusal))
    }

    /// The row of a number that has no end yet.
    public subscript(number: Int) -> Row? {
        guard first..<next ~= number, let row = rows[number % maximumRows], row.ending == nil else { return nil }
        return row
    }

    /// Has a row go on with another request.
    public mutating func goOn(_ number: Int, with request: [UInt8]) {
        guard var row = self[number] else { return }
        bytes += request.count - row.request.count
        row.request = request
        row.isUpdate = true
        rows[number % maximumRows] = row
    }

    /// Notes that the request of a row, which has no idempotency key, may have taken effect.
    public mutating func becomesUncertain(_ number: Int) {
        if self[number] != nil { rows[number % maximumRows]?.isUncertain = true }
    }

    /// Ends a row, and counts all up to the first one without an end.
    public mutating func end(_ number: Int, _ ending: RowEnding) {
        guard self[number] != nil else { return }
        rows[number % maximumRows]?.ending = ending
        while first < next, let row = rows[first % maximumRows], let ending = row.ending {
            if row.mayGrow, case .rejected = ending {
                leavesLastRow = true
            } else {
                count(row, ending)
            }
            bytes -= row.request.count
            rows[first % maximumRows] = nil
            first += 1
        }
    }

    private mutating func count(_ row: Row, _ ending: RowEnding) {
        tally.add(ending)
        if keepsRejects, case .rejected(let refusal) = ending { refusal.write(line: row.line, to: &rejects) }
        place = row.end
    }

    /// Takes the lines of rejected rows that were counted since the last call.
    public mutating func takeRejects() -> [UInt8] {
        defer { rejects.removeAll() }
        return rejects
    }
}
