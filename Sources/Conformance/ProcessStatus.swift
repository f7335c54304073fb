import Glibc

/// What the system tells of a running process, without asking the process (proc_pid_status(5)).
struct ProcessStatus {
    private let text: Substring

    /// Nil when the process is gone.
    init?(of process: pid_t) {
        let descriptor = open("/proc/\(process)/status", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 1 << 14)
        let count = read(descriptor, &bytes, bytes.count)
        guard count > 0 else { return nil }
        text = String(decoding: bytes[..<count], as: UTF8.self)[...]
    }

    /// The most memory that it has had at a time, in KiB.
    var peakMemoryKiB: Int? {
        value("VmHWM").flatMap { $0.split(separator: " ").first }.flatMap { Int($0) }
    }

    /// Whether signals were sent to it that it has not taken yet.
    var hasPendingSignals: Bool {
        ["SigPnd", "ShdPnd"].contains { name in value(name).flatMap { UInt64($0, radix: 16) } ?? 0 != 0 }
    }

    private func value(_ name: String) -> Substring? {
        text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
            .map { $0.dropFirst(name.count + 1).drop { $0 == " " || $0 == "\t" } }
    }
}
