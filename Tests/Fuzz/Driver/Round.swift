import FuzzTargets
import Glibc

/// What a process has been given so far, told at its end for whoever adds it up.
enum Round {
    // Both are touched by libFuzzer's one thread alone.
    nonisolated(unsafe) private static var runs = 0
    nonisolated(unsafe) private static var bytes = 0

    /// Counts an input.
    static func count(_ input: UnsafeBufferPointer<UInt8>) {
        if runs == 0 { atexit { Promise.tell("fuzzed runs=\(Round.runs) bytes=\(Round.bytes)") } }
        runs += 1
        bytes += input.count
    }
}
