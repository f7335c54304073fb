import Glibc
import Platform

/// The numbers of this process that every program has, as Prometheus' client libraries name them (`process_*`).
public struct ProcessNumbers: Hashable, Sendable {
    /// Milliseconds since 1970.
    public var startMilliseconds = 0
    /// The time of processors that was used, by the program and for it by the system.
    public var cpuMicroseconds = 0
    public var residentBytes = 0
    public var virtualBytes = 0
    public var openDescriptors = 0
    public var maximumDescriptors = 0

    /// Reads the numbers as they are now; those that the system does not tell stay 0.
    public static func now() -> ProcessNumbers {
        var numbers = ProcessNumbers()
        var usage = rusage()
        if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
            numbers.cpuMicroseconds = usage.ru_utime.microseconds + usage.ru_stime.microseconds
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            numbers.maximumDescriptors = Int(clamping: limit.rlim_cur)
        }
        let pages = words(of: "/proc/self/statm").compactMap { Int($0) }
        if pages.count > 1 {
            numbers.virtualBytes = pages[0] * Int(sysconf(Int32(_SC_PAGESIZE)))
            numbers.residentBytes = pages[1] * Int(sysconf(Int32(_SC_PAGESIZE)))
        }
        numbers.openDescriptors = entryCount(of: "/proc/self/fd")
        numbers.startMilliseconds = startMilliseconds()
        return numbers
    }

    /// The start is told in ticks since the machine's own start (proc(5), field 22 of `stat`).
    private static func startMilliseconds() -> Int {
        let ticksPerSecond = Int(sysconf(Int32(_SC_CLK_TCK)))
        let machine = words(of: "/proc/stat")
        guard ticksPerSecond > 0, let line = text(of: "/proc/self/stat"),
            // The name of the program, in parentheses, may hold anything.
            let end = line.lastIndex(of: UInt8(ascii: ")")),
            let label = machine.firstIndex(of: "btime"), label + 1 < machine.count,
            let boot = Int(machine[label + 1])
        else { return 0 }
        let fields = String(decoding: line[(end + 1)...], as: UTF8.self).split(separator: " ")
        guard fields.count > 19, let ticks = Int(fields[19]) else { return 0 }
        return boot * 1000 + ticks * 1000 / ticksPerSecond
    }

    private static func words(of path: String) -> [Substring] {
        String(decoding: text(of: path) ?? [], as: UTF8.self).split { $0 == " " || $0 == "\n" }
    }

    private static func text(of path: String) -> [UInt8]? {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return nil }
        defer { close(number) }
        return FileDescriptor(number).readAll(maximumBytes: 1 << 20)
    }

    private static func entryCount(of path: String) -> Int {
        guard let folder = opendir(path) else { return 0 }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // The folder itself, the one above, and the descriptor that reads it.
        return max(0, count - 3)
    }
}

extension timeval {
    fileprivate var microseconds: Int { Int(tv_sec) * 1_000_000 + Int(tv_usec) }
}
