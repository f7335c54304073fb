import Glibc

/// Puts rows in the order of their bytes: takes them in any order, and gives them back sorted, in flat memory.
///
/// Rows are of up to 64 KiB and begin with what they are sorted by, whose first byte is as good as random. They lie in
/// a file, in chunks of which each has rows of one first byte: 256 sorts of small parts make the whole order. What the
/// file had at a checkpoint can be taken up again by another process.
public struct RowSort: ~Copyable {
    public static let partCount = 256
    /// The head of a chunk: its part (1 byte), the length of its rows (4 bytes) and their checksum (8 bytes), the
    /// lowest first.
    private static let headCount = 13
    /// Rows that are held in memory before they go to the file.
    private static let heldBytes = 4 << 20

    private let file: Int32
    private var held: [[UInt8]] = Array(repeating: [], count: Self.partCount)
    private var heldCount = 0
    /// The chunks of each part: where their rows begin, how long they are, and what they were when they were written.
    private var chunks: [[(start: Int, count: Int, checksum: UInt64)]] = Array(repeating: [], count: Self.partCount)
    /// The bytes of the file that count.
    private var fileCount = 0

    /// Begins with a file in `folder` that nobody else sees, and that is gone when the process is.
    public init(in folder: String) throws(RowSortError) {
        var path = Array("\(folder)/creditd-sort-XXXXXX".utf8CString)
        file = mkstemp(&path)
        guard file >= 0 else { throw RowSortError(errno) }
        _ = fcntl(file, F_SETFD, FD_CLOEXEC)
        unlink(path)
    }

    /// Opens the file at `path`, or makes it for its owner alone, and holds its lock (flock(2)) as long as it lives.
    ///
    /// `resume` comes before everything else.
    public init(path: String) throws(RowSortError) {
        file = try Self.openLocked(path)
    }

    private static func openLocked(_ path: String) throws(RowSortError) -> Int32 {
        while true {
            let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard file >= 0 else { throw RowSortError(errno) }
            guard let failure = lock(file) else { return file }
            close(file)
            // Whoever has removed the file since it was opened is done with it.
            if failure.code != ENOENT { throw failure }
        }
    }

    private static func lock(_ file: Int32) -> RowSortError? {
        var status = stat()
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            return errno == EWOULDBLOCK ? .inUse : RowSortError(errno)
        }
        guard fstat(file, &status) == 0 else { return RowSortError(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { return RowSortError(EINVAL) }
        return status.st_nlink > 0 ? nil : RowSortError(ENOENT)
    }

    /// Goes on with the first `count` bytes of the file, which end at a checkpoint.
    public mutating func resume(at count: Int) throws(RowSortError) {
        var status = stat()
        guard fstat(file, &status) == 0 else { throw RowSortError(errno) }
        guard count >= 0, status.st_size >= count else { throw .damaged }
        guard ftruncate(file, count) == 0 else { throw RowSortError(errno) }
        try readHeads(upTo: count)
    }

    deinit {
        if file >= 0 { close(file) }
    }

    /// Takes a row.
    public mutating func append(_ row: ArraySlice<UInt8>) throws(RowSortError) {
        guard let first = row.first, row.count <= 0xFFFF else { throw RowSortError(EMSGSIZE) }
        let count = UInt16(row.count)
        held[Int(first)].append(UInt8(truncatingIfNeeded: count))
        held[Int(first)].append(UInt8(truncatingIfNeeded: count >> 8))
        held[Int(first)].append(contentsOf: row)
        heldCount += row.count + 2
        if heldCount >= Self.heldBytes { try flush() }
    }

    /// Writes what is held in memory to the disk; returns how many bytes of the file hold all rows so far.
    public mutating func checkpoint() throws(RowSortError) -> Int {
        try flush()
        guard fdatasync(file) == 0 else { throw RowSortError(errno) }
        return fileCount
    }

    /// Gives the rows of a part in their order, as often as it is called; of equal rows the order is no matter. The
    /// parts, from 0 on, are in their order too.
    public mutating func rows(ofPart part: Int) throws(RowSortError) -> SortedRows {
        try flush()
        held[part] = []
        var rows: [UInt8] = []
        rows.reserveCapacity(chunks[part].reduce(0) { $0 + $1.count })
        for chunk in chunks[part] {
            try read((chunk.start, chunk.count), into: &rows)
            guard Self.checksum(of: rows.suffix(chunk.count), part: part) == chunk.checksum else { throw .damaged }
        }
        return try SortedRows(rows)
    }

    /// FNV-1a, eight bytes at a time: one altered word always gives another number, because each step can be undone.
    private static func checksum(of rows: ArraySlice<UInt8>, part: Int) -> UInt64 {
        rows.withUnsafeBytes { bytes in
            var sum = 0xCBF2_9CE4_8422_2325 ^ UInt64(part) << 56 ^ UInt64(bytes.count)
            func take(_ word: UInt64) { sum = (sum ^ word) &* 0x100_0000_01B3 }
            let words = bytes.count / 8
            for index in 0..<words {
                take(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)))
            }
            for byte in bytes[(8 * words)...] { take(UInt64(byte)) }
            return sum
        }
    }

    private mutating func flush() throws(RowSortError) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(heldCount + Self.partCount * Self.headCount)
        for part in held.indices where !held[part].isEmpty {
            bytes.append(UInt8(part))
            bytes.append(littleEndian: UInt32(held[part].count))
            let checksum = Self.checksum(of: held[part][...], part: part)
            bytes.append(littleEndian: checksum)
            chunks[part].append((fileCount + bytes.count, held[part].count, checksum))
            bytes.append(contentsOf: held[part])
            held[part].removeAll(keepingCapacity: true)
        }
        heldCount = 0
        try write(bytes)
    }

    private mutating func write(_ bytes: [UInt8]) throws(RowSortError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                pwrite(file, bytes.baseAddress! + done, bytes.count - done, fileCount + done)
            }
            if count < 0 {
                guard errno == EINTR else { throw RowSortError(errno) }
            } else {
                done += count
            }
        }
        fileCount += bytes.count
    }

    private func read(_ chunk: (start: Int, count: Int), into rows: inout [UInt8]) throws(RowSortError) {
        let former = rows.count
        rows.append(contentsOf: repeatElement(0, count: chunk.count))
        var done = 0
        while done < chunk.count {
            let count = rows.withUnsafeMutableBytes { rows in
                pread(file, rows.baseAddress! + former + done, chunk.count - done, chunk.start + done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw count < 0 ? RowSortError(errno) : .damaged }
            done += count
        }
    }

    /// Finds the chunks of a file that another process has written.
    private mutating func readHeads(upTo count: Int) throws(RowSortError) {
        while fileCount < count {
            var head: [UInt8] = []
            try read((fileCount, Self.headCount), into: &head)
            let length = (0..<4).reduce(0) { $0 | Int(head[1 + $1]) << (8 * $1) }
            let checksum = (0..<8).reduce(UInt64(0)) { $0 | UInt64(head[5 + $1]) << (8 * $1) }
            let start = fileCount + Self.headCount
            guard length > 0, start + length <= count else { throw .damaged }
            chunks[Int(head[0])].append((start, length, checksum))
            fileCount = start + length
        }
    }
}

/// Rows in the order of their bytes.
public struct SortedRows: Sendable {
    public let bytes: [UInt8]
    /// Where each row lies.
    public private(set) var places: [Range<Int>] = []

    /// Sorts rows, each of which has its length before it (2 bytes, the lowest first).
    fileprivate init(_ bytes: [UInt8]) throws(RowSortError) {
        self.bytes = bytes
        var position = 0
        while position + 2 <= bytes.count {
            let count = Int(bytes[position]) | Int(bytes[position + 1]) << 8
            position += 2
            guard count > 0, position + count <= bytes.count else { throw .damaged }
            places.append(position..<position + count)
            position += count
        }
        bytes.withUnsafeBufferPointer { bytes in
            places.sort { left, right in
                let order = memcmp(
                    bytes.baseAddress! + left.lowerBound, bytes.baseAddress! + right.lowerBound,
                    min(left.count, right.count))
                return order == 0 ? left.count < right.count : order < 0
            }
        }
    }
}

/// The file of a sort cannot be written or read.
public struct RowSortError: Error, Hashable, CustomStringConvertible {
    /// The system's number of the error.
    public let code: Int32

    init(_ code: Int32) { self.code = code }

    public var description: String {
        switch self {
        case .damaged: "the file of rows does not hold what was written"
        case .inUse: "another process works with the file of rows"
        default: "the file of rows failed: \(String(cString: strerror(code)))"
        }
    }

    /// The file holds something else than was written.
    public static let damaged = RowSortError(EBADMSG)
    /// Another process has the file's lock.
    public static let inUse = RowSortError(EWOULDBLOCK)
}
