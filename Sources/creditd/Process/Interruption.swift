import ArgumentParser
import Platform
import Synchronization

/// The end of a run of cases by a signal: the case under way is given up, its daemon is killed and its folder removed.
final class Interruption: Sendable {
    private let pipe: WakePipe
    private let number = Atomic<Int32>(0)

    /// From now on the first signal interrupts the run.
    init() throws(StartFailure) {
        guard let pipe = WakePipe() else {
            throw StartFailure(status: ExitStatus.system, message: "no descriptor left")
        }
        self.pipe = pipe
        StopSignals.now(
            .stops(
                { [self] number in
                    self.number.store(number, ordering: .releasing)
                    self.pipe.wake()
                }, reload: nil))
    }

    /// Becomes readable at the signal.
    var descriptor: Int32 { pipe.readEnd }

    /// Throws the exit code of the signal that has come, if any.
    func check() throws(ExitCode) {
        let number = number.load(ordering: .acquiring)
        if number != 0 { throw ExitCode(128 + number) }
    }
}
