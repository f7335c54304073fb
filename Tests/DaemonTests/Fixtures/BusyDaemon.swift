/// A daemon that is kept at work while another process is watched. Its processor time tells how long the watch is: on a
/// machine that is busy with other things, both get less of it.
final class BusyDaemon {
    private let daemon: ChildProcess
    private var answers = 0

    init(in scratch: TemporaryFolder) throws {
        daemon = try ChildProcess.creditd(home: scratch.freshPath("busy"), in: scratch)
    }

    /// Makes one request after the other until it has used so much processor time; false when it is gone.
    func work(ticks: Int) -> Bool {
        guard let start = daemon.processorTicks else { return false }
        while let now = daemon.processorTicks, now - start < ticks {
            for _ in 0..<100 {
                answers += 1
                daemon.write("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"system.ping\"}\n")
                guard daemon.output.read(lines: answers) else { return false }
            }
        }
        return !daemon.isOver
    }
}
