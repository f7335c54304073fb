import Glibc

/// Repeats a system call while signals interrupt it (EINTR).
package func retryingInterrupts<R: SignedInteger>(_ call: () -> R) -> R {
    while true {
        let result = call()
        if result != -1 || errno != EINTR { return result }
    }
}

/// A file descriptor that the caller opens and closes.
package struct FileDescriptor: Hashable, Sendable {
    package let number: Int32

    package init(_ number: Int32) {
        self.number = number
    }

    /// Writes all bytes, however long that takes; false with `errno` for an error, such as a closed pipe or full disk.
    package func writeAll(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = retryingInterrupts { write(number, rest.baseAddress, rest.count) }
            if count > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            } else if count < 0, errno == EAGAIN {
                waitUntilWritable()
            } else {
                return false
            }
        }
        return true
    }

    package func writeAll(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { writeAll($0) }
    }

    /// Reads at most `buffer.count` bytes: 0 at the end of the input, -1 with `errno` for an error.
    package func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        retryingInterrupts { Glibc.read(number, buffer.baseAddress, buffer.count) }
    }

    /// Reads to the end of the input; nil with `errno` for an error, or EFBIG above `maximumBytes`.
    package func readAll(maximumBytes: Int = .max) -> [UInt8]? {
        var bytes: [UInt8] = []
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

    /// Waits for room in a non-blocking descriptor.
    private func waitUntilWritable() {
        var entry = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
        _ = retryingInterrupts { poll(&entry, 1, -1) }
    }
}
