import Glibc

/// Wakes one thread out of its sleep, as often as needed.
package final class Waker: Sendable {
    private let pipe: WakePipe

    /// Nil when the process has no descriptors left.
    package init?() {
        guard let pipe = WakePipe() else { return nil }
        self.pipe = pipe
    }

    /// Wakes the thread, or keeps it from its next sleep.
    package func wake() {
        pipe.wake()
    }

    /// Sleeps until somebody wakes the thread, `deadline` passes, or `socket` is ready; true when `socket` is ready.
    @discardableResult
    package func sleep(
        until deadline: ContinuousClock.Instant?, socket: Int32 = -1, toWrite: Bool = false
    ) -> Bool {
        // poll(2) ignores negative descriptors.
        var descriptors = [
            pollfd(fd: pipe.readEnd, events: Int16(POLLIN), revents: 0),
            pollfd(fd: socket, events: Int16(POLLIN | (toWrite ? POLLOUT : 0)), revents: 0),
        ]
        _ = poll(&descriptors, 2, FileDescriptor.pollTimeoutMilliseconds(until: deadline))
        if descriptors[0].revents != 0 { drain() }
        return descriptors[1].revents != 0
    }

    private func drain() {
        withUnsafeTemporaryAllocation(byteCount: 512, alignment: 1) { buffer in
            while read(pipe.readEnd, buffer.baseAddress, buffer.count) == buffer.count {}
        }
    }
}
