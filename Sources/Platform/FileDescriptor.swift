import Glibc

/// Repeats a system call while signals interrupt it (EINTR).
public func retryingInterrupts<R: SignedInteger>(_ call: () -> R) -> R {
    while true {
        let result = call()
        if result != -1 || errno != EINTR { return result }
    }
}

/// A file descriptor that the caller opens and closes.
public struct FileDescriptor: Hashable, Sendable {
    public let number: Int32

    public init(_ number: Int32) {
        self.number = number
    }

    /// Writes all bytes, however long that takes; false with `errno` for an error, such as a closed pipe or full disk.
    public func writeAll(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = retryingInterrupts { write(number, rest.baseAddress, rest.count) }
            if count > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            } else if count < 0, errno == EAGAIN {
                _ = wait(for: POLLOUT, until: nil)
            } else {
                return false
            }
        }
        return true
    }

    public func writeAll(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { writeAll($0) }
    }

    /// Reads at most `buffer.count` bytes: 0 at the end of the input, -1 with `errno` for an error.
    public func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        retryingInterrupts { Glibc.read(number, buffer.baseAddress, buffer.count) }
    }

    /// Reads to the end of the input; nil with `errno` for an error, or EFBIG above `maximumBytes`.
    public func readAll(maximumBytes: Int = .max) -> [UInt8]? {
        var bytes: [UInt8] = []
        // A file tells its size, so that its bytes are not moved again and again.
        var status = stat()
        if fstat(number, &status) == 0 { bytes.reserveCapacity(min(Int(status.st_size), maximumBytes)) }
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(into: $0) }
            guard count > 0 else { return count == 0 ? bytes : nil }
            guard bytes.count + count <= maximumBytes else {
                errno = EFBIG
                return nil
            }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    /// Has a pipe hold at least `bytes`, if its user may have so much; anything else than a pipe stays as it is.
    ///
    /// A pipe holds 64 KiB, so that its reader and its writer take turns more often than they need to.
    public func widenPipe(to bytes: Int32) {
        // F_SETPIPE_SZ of fcntl(2), which Glibc's module does not have.
        if let size = pipeBytes, size < bytes { _ = fcntl(number, 1031, bytes) }
    }

    /// How much a pipe holds; nil for anything else than a pipe.
    public var pipeBytes: Int32? {
        // F_GETPIPE_SZ of fcntl(2).
        let size = fcntl(number, 1032)
        return size < 0 ? nil : size
    }

    /// Waits until the descriptor is ready for one of `events` (poll(2)); false when `deadline` passes first.
    public func wait(for events: Int32, until deadline: ContinuousClock.Instant?) -> Bool {
        while true {
            var entry = pollfd(fd: number, events: Int16(events), revents: 0)
            let count = retryingInterrupts { poll(&entry, 1, Self.pollTimeoutMilliseconds(until: deadline)) }
            if count != 0 { return count > 0 }
            if let deadline, deadline <= .now { return false }
        }
    }

    /// The timeout of poll(2) until `deadline`, rounded up: an hour at most, and endless without a deadline.
    static func pollTimeoutMilliseconds(until deadline: ContinuousClock.Instant?) -> Int32 {
        guard let deadline else { return -1 }
        let milliseconds = (deadline - ContinuousClock.now) / .milliseconds(1)
        return Int32(min(max(0, milliseconds.rounded(.up)), 3_600_000))
    }
}
