import Glibc
import Seeds
import Tables
import Testing

@Suite("Sorting rows")
struct RowSortTests {
    private static func rows(_ count: Int, _ random: inout some RandomNumberGenerator) -> [[UInt8]] {
        (0..<count).map { _ in
            let length = 1 + Int(random.next() % 40)
            return (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        }
    }

    private static func sorted(_ sort: inout RowSort) throws -> [[UInt8]] {
        var rows: [[UInt8]] = []
        for part in 0..<RowSort.partCount {
            let sorted = try sort.rows(ofPart: part)
            rows += sorted.places.map { Array(sorted.bytes[$0]) }
        }
        return rows
    }

    /// Writes rows into a file of their own; returns its path and where its checkpoint is.
    private static func checkpoint(of rows: [[UInt8]]) throws -> (path: String, count: Int) {
        let path = "/tmp/row-sort-\(UInt64.random(in: 0...UInt64.max))"
        var sort = try RowSort(path: path)
        try sort.resume(at: 0)
        for row in rows { try sort.append(row[...]) }
        return (path, try sort.checkpoint())
    }

    @Test("rows come back in the order of their bytes, whatever the order in which they came, and more than once")
    func order() throws {
        var random = SystemRandomNumberGenerator()
        let rows = Self.rows(5_000, &random)
        var sort = try RowSort(in: "/tmp")
        for (index, row) in rows.enumerated() {
            try sort.append(row[...])
            if index % 999 == 0 { _ = try sort.checkpoint() }
        }
        let sorted = rows.sorted { $0.lexicographicallyPrecedes($1) }
        #expect(try Self.sorted(&sort) == sorted)
        #expect(try Self.sorted(&sort) == sorted)
    }

    @Test("another process goes on from a checkpoint, and what came behind it never was")
    func resuming() throws {
        var random = SystemRandomNumberGenerator()
        let rows = Self.rows(600, &random)
        let path = "/tmp/row-sort-\(random.next())"
        defer { unlink(path) }
        var count = 0
        do {
            var sort = try RowSort(path: path)
            try sort.resume(at: 0)
            #expect(throws: RowSortError.inUse) { _ = try RowSort(path: path) }
            for row in rows[..<400] { try sort.append(row[...]) }
            count = try sort.checkpoint()
            for row in rows[500...] { try sort.append(row[...]) }
            _ = try sort.checkpoint()
        }
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        var sort = try RowSort(path: path)
        try sort.resume(at: count)
        for row in rows[400...] { try sort.append(row[...]) }
        #expect(try Self.sorted(&sort) == rows.sorted { $0.lexicographicallyPrecedes($1) })
    }

    @Test("each altered bit of a file is seen before a row of it is given")
    func altered() throws {
        let (path, count) = try Self.checkpoint(of: (UInt8(1)...3).map { [$0, 2, 3, 4, 5, 6, 7, 8, 9] })
        defer { unlink(path) }
        let file = open(path, O_RDWR)
        defer { close(file) }
        for bit in 0..<8 * count {
            var byte: UInt8 = 0
            #expect(pread(file, &byte, 1, bit / 8) == 1)
            var altered = byte ^ 1 << (bit % 8)
            #expect(pwrite(file, &altered, 1, bit / 8) == 1)
            #expect(throws: RowSortError.damaged, "bit \(bit)") {
                var sort = try RowSort(path: path)
                try sort.resume(at: count)
                _ = try Self.sorted(&sort)
            }
            #expect(pwrite(file, &byte, 1, bit / 8) == 1)
        }
    }

    @Test("a file that ends within a chunk, is shorter than it was or has an empty chunk is refused")
    func cut() throws {
        let (path, count) = try Self.checkpoint(of: [[1, 2, 3]])
        defer { unlink(path) }
        func resume(at count: Int) throws {
            var sort = try RowSort(path: path)
            try sort.resume(at: count)
        }
        #expect(throws: RowSortError.damaged) { try resume(at: count + 1) }
        #expect(throws: RowSortError.damaged) { try resume(at: count - 1) }
        #expect(truncate(path, 0) == 0 && truncate(path, count) == 0, "zeros, as after a full or a failing disk")
        #expect(throws: RowSortError.damaged) { try resume(at: count) }
    }
}
