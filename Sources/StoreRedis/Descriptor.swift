import Glibc

/// A socket, closed when nobody holds it any more.
final class Descriptor: Sendable {
    let number: Int32

    init(_ number: Int32) {
        self.number = number
    }

    deinit {
        close(number)
    }

    /// Waits for any of `events`; false when the deadline comes first. For threads that may block.
    func wait(for events: Int16, until deadline: Moment) -> Bool {
        while true {
            var entry = pollfd(fd: number, events: events, revents: 0)
            let count = poll(&entry, 1, Int32(clamping: Moment.now.milliseconds(until: deadline)))
            if count > 0 { return true }
            if count == 0 || errno != EINTR { return false }
        }
    }
}
