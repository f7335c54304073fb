import Platform
import Services
import Tables

/// Writes the rows of an extraction: some portions are made into bytes beside each other, and all are put in order.
struct ExtractionWriter: Sendable {
    private static let rowsOfPortion = 4096
    /// The portions that are in memory at a time.
    private static let parallel = 2

    private let table: FeatureTable
    private let writer: any TableWriter

    init(table: FeatureTable, format: TableFormat) {
        self.table = table
        writer = format.writer(of: table.columns)
    }

    /// How many rows were written, and how many were left out.
    struct Counts {
        var written = 0
        /// For the smallness of their groups.
        var inSmallCells = 0
        /// Of subjects who were deleted, erased or blocked while the extraction was interrupted.
        var removed = 0
    }

    /// Gives all rows as bytes to `put`, but those of groups that have fewer than `smallestCell` subjects.
    func write(
        _ rows: inout ExtractedRows, smallestCell: Int, _ put: ([UInt8]) throws -> Void
    ) async throws -> Counts {
        let small = try smallCells(&rows, smallestCell)
        var counts = Counts()
        var start: [UInt8] = []
        writer.begin(&start)
        try put(start)
        try await withThrowingTaskGroup(of: WrittenPortion.self) { group in
            var order = PortionOrder()
            var portion = RowPortion()
            for part in 0..<RowSort.partCount {
                let (sorted, present) = try rows.part(part)
                var rest = Self.places(present, of: sorted, leavingOut: small)[...]
                counts.written += rest.count
                counts.inSmallCells += present.count - rest.count
                counts.removed += sorted.places.count - present.count
                while !rest.isEmpty {
                    let taken = rest.prefix(Self.rowsOfPortion - portion.count)
                    rest.removeFirst(taken.count)
                    portion.append(taken, of: sorted)
                    guard portion.count == Self.rowsOfPortion else { break }
                    let (full, number) = (portion, order.next())
                    group.addTask { WrittenPortion(number: number, bytes: try bytes(of: full)) }
                    portion = RowPortion()
                    while order.missing >= Self.parallel, let written = try await group.next() {
                        for bytes in order.take(written) { try put(bytes) }
                    }
                }
            }
            let (rest, number) = (portion, order.next())
            group.addTask { WrittenPortion(number: number, bytes: try bytes(of: rest)) }
            for try await written in group {
                for bytes in order.take(written) { try put(bytes) }
            }
        }
        var end: [UInt8] = []
        writer.end(&end)
        try put(end)
        return counts
    }

    private static func places(
        _ places: [Range<Int>], of rows: SortedRows, leavingOut small: Set<FeatureCell>
    ) -> [Range<Int>] {
        if small.isEmpty { return places }
        return places.filter { place in
            FeatureRow.cell(of: rows.bytes[place]).map { !small.contains($0) } ?? true
        }
    }

    private func bytes(of portion: RowPortion) throws -> [UInt8] {
        var rows = TableRows(table.columns)
        for slice in portion.slices {
            let isWhole = slice.rows.bytes.withUnsafeBufferPointer { bytes in
                slice.places.allSatisfy { table.append(UnsafeBufferPointer(rebasing: bytes[$0]), to: &rows) }
            }
            guard isWhole else { throw RowSortError.damaged }
        }
        var bytes: [UInt8] = []
        writer.append(rows, to: &bytes)
        return bytes
    }

    /// The groups that have fewer subjects than `smallestCell`. Rows of one subject, as of several instants, follow one
    /// another.
    private func smallCells(_ rows: inout ExtractedRows, _ smallestCell: Int) throws -> Set<FeatureCell> {
        guard smallestCell > 1 else { return [] }
        var counts: [FeatureCell: Int] = [:]
        for part in 0..<RowSort.partCount {
            let (sorted, places) = try rows.part(part)
            var name = sorted.bytes[..<0]
            var cellsOfName: Set<FeatureCell> = []
            for place in places {
                let row = sorted.bytes[place]
                if !row.starts(with: name) || name.isEmpty {
                    name = row.prefix(FeatureRow.nameCount)
                    cellsOfName = []
                }
                guard let cell = FeatureRow.cell(of: row), cellsOfName.insert(cell).inserted else { continue }
                counts[cell, default: 0] += 1
            }
        }
        return Set(counts.filter { $0.value < smallestCell }.keys)
    }
}

/// A portion as bytes.
private struct WrittenPortion: Sendable {
    let number: Int
    let bytes: [UInt8]
}

/// Puts portions that come in any order into the order of their numbers.
private struct PortionOrder {
    private var begun = 0
    private var done = 0
    private var waiting: [Int: [UInt8]] = [:]

    /// How many portions were begun and are not in their place yet.
    var missing: Int { begun - done }

    /// Gives the number of a portion that begins.
    mutating func next() -> Int {
        defer { begun += 1 }
        return begun
    }

    /// Takes a portion, and returns those whose turn it is.
    mutating func take(_ portion: WrittenPortion) -> [[UInt8]] {
        waiting[portion.number] = portion.bytes
        var ready: [[UInt8]] = []
        while let bytes = waiting.removeValue(forKey: done) {
            ready.append(bytes)
            done += 1
        }
        return ready
    }
}

/// Rows that are written together, which may lie in several parts of a sort.
private struct RowPortion: Sendable {
    private(set) var slices: [(rows: SortedRows, places: ArraySlice<Range<Int>>)] = []
    private(set) var count = 0

    mutating func append(_ places: ArraySlice<Range<Int>>, of rows: SortedRows) {
        slices.append((rows, places))
        count += places.count
    }
}

/// Where rows are written: a file that is there once it is whole, or stdout.
struct ExtractionSink: ~Copyable {
    private let file: PrivateFile?

    init(path: String?) throws {
        if let path { file = try PrivateFile(path) } else { file = nil }
    }

    func put(_ bytes: [UInt8]) throws {
        switch file {
        case .some(let file): try file.put(bytes)
        case .none: try FileDescriptor(1).put(bytes)
        }
    }

    func finish() throws {
        switch file {
        case .some(let file): try file.finish()
        case .none: return
        }
    }
}
