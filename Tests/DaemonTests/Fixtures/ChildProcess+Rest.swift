import Foundation

extension ChildProcess {
    /// Whether the child, once it has finished what it has to do, uses no more processor time than one clock tick while
    /// `other` uses twenty.
    ///
    /// What it has to finish is not known from outside, so it is watched up to twenty times; one that spins never rests.
    func comesToRest(beside other: BusyDaemon) -> Bool {
        (0..<20).contains { _ in
            guard let before = processorTicks, other.work(ticks: 20), let after = processorTicks else { return false }
            return after - before <= 1
        }
    }

    /// The processor time that the child has used, by all its threads, in clock ticks; nil when it is gone.
    var processorTicks: Int? {
        // proc_pid_stat(5): utime and stime are the 14th and 15th, and the 2nd is a name in parentheses.
        guard let text = try? String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8),
            let nameEnd = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[nameEnd...].split(separator: " ")
        guard fields.count > 13, let user = Int(fields[12]), let system = Int(fields[13]) else { return nil }
        return user + system
    }
}
