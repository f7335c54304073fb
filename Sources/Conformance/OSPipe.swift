import Glibc
import Synchronization

/// Both ends of a new pipe, which no child inherits by accident.
package struct OSPipe {
    /// The system gave no descriptors.
    package struct Failure: Error {
        package let code: Int32
    }

    /// Held while a pipe is made and while a child is started: a pipe is not safe from being inherited at its birth.
    static let gate = Mutex(())

    package let readEnd: Int32
    package let writeEnd: Int32

    package init() throws(Failure) {
        var ends: [Int32] = [-1, -1]
        let isMade = Self.gate.withLock { _ in
            pipe(&ends) == 0 && ends.allSatisfy { fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }
        }
        guard isMade else { throw Failure(code: errno) }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    /// Writes until there is no room left.
    package func fill() {
        _ = fcntl(writeEnd, F_SETFL, O_NONBLOCK)
        let page = [UInt8](repeating: 0x2E, count: 4096)
        while write(writeEnd, page, page.count) > 0 {}
        while write(writeEnd, page, 1) > 0 {}
        _ = fcntl(writeEnd, F_SETFL, 0)
    }
}
