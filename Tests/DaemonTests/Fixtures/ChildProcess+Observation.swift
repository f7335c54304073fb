import Foundation

/// What can be told of a child from outside, without asking it.
extension ChildProcess {
    /// Waits until the child has taken everything out of the pipe to it.
    func waitUntilInputIsRead() {
        waitUntilInputIsWritten()
        var left: Int32 = 0
        while !isOver, ioctl(inputDescriptor, UInt(FIONREAD), &left) == 0, left > 0 { sched_yield() }
    }

    /// The most memory that the child has had at a time, in KiB; nil when it is gone.
    var residentPeakKiB: Int? {
        status("VmHWM").flatMap { $0.split(separator: " ").first }.flatMap { Int($0) }
    }

    /// Waits until half of what the pipe of its stdout can hold is waiting to be read. A child that has answered as
    /// much and has more to say is about to be blocked, or already is.
    func waitUntilOutputPilesUp() {
        while !isOver, output.unreadBytes < 1 << 15 { sched_yield() }
    }

    /// Waits until the child has taken every signal that was sent to it.
    func waitUntilSignalsAreTaken() {
        while !isOver, hasPendingSignals { sched_yield() }
    }

    private var hasPendingSignals: Bool {
        ["SigPnd", "ShdPnd"].contains { name in status(name).flatMap { UInt64($0, radix: 16) } ?? 0 != 0 }
    }

    /// How many bytes of its input file the child has read.
    var inputFileOffset: Int { Int(lseek(inputDescriptor, 0, SEEK_CUR)) }

    private func status(_ name: String) -> String? {
        guard let text = try? String(contentsOfFile: "/proc/\(processID)/status", encoding: .utf8) else { return nil }
        return text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
            .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
    }
}
