import Glibc

/// A daemon under test with its streams. One thread moves all of them: nothing is written or read but in `advance`.
final class Child {
    /// What the daemon's stderr is.
    enum Errors {
        /// The file `stderr` in its folder.
        case kept
        case closed
        /// A pipe that is full and never read.
        case full
    }

    /// Far more than any case needs on a machine that is busy with other things.
    private static let longest = Duration.seconds(20)

    let process: pid_t
    let input: ChildInput
    let output: ChildOutput
    private(set) var ending: Ending?
    /// The read end of a pipe of which only the daemon holds the other end: it is hung up by its death.
    private let lifeline: Int32
    /// Held, so that the pipe of its stderr has a reader.
    private let errorsReadEnd: Int32

    init(
        _ program: String, _ arguments: [String], environment: [String: String], folder: String, errors: Errors
    ) throws(PlayError) {
        do {
            let (input, output, lifeline) = (try OSPipe(), try OSPipe(), try OSPipe())
            self.input = ChildInput(input)
            self.output = ChildOutput(descriptor: output.readEnd)
            self.lifeline = lifeline.readEnd
            let (ownErrors, errorsReadEnd) = try Self.open(errors, in: folder)
            self.errorsReadEnd = errorsReadEnd
            var given = [Spawn.Descriptor(0, from: input.readEnd), Spawn.Descriptor(1, from: output.writeEnd)]
            if ownErrors >= 0 { given.append(Spawn.Descriptor(2, from: ownErrors)) }
            given.append(Spawn.Descriptor(3, from: lifeline.writeEnd))
            defer { for descriptor in given.dropFirst() { close(descriptor.own) } }
            process = try Spawn(
                executable: program, arguments: arguments, environment: environment, descriptors: given
            ).start()
        } catch is Spawn.Failure {
            throw .notStarted
        } catch {
            throw .noDescriptors
        }
    }

    deinit {
        if ending == nil { kill() }
        close(lifeline)
        if errorsReadEnd >= 0 { close(errorsReadEnd) }
    }

    /// What the child is given for its stderr, and the end of it that stays here; -1 for none.
    private static func open(_ errors: Errors, in folder: String) throws(OSPipe.Failure) -> (given: Int32, kept: Int32)
    {
        switch errors {
        case .kept:
            return (Glibc.open("\(folder)/stderr", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600), -1)
        case .closed:
            return (-1, -1)
        case .full:
            let pipe = try OSPipe()
            pipe.fill()
            return (pipe.writeEnd, pipe.readEnd)
        }
    }

    /// Everything that was sent is in the pipe, or will never be.
    var hasSent: Bool { input.isSent || ending != nil }

    /// Everything that was sent has been taken out of the pipe, or will never be.
    var hasTakenAll: Bool { input.isTaken || ending != nil }

    /// Nothing more will come from it.
    var isSilent: Bool { ending != nil && output.isOver }

    /// Writes and reads until `isDone`; false when it will never be, or has not come to be in the longest time.
    ///
    /// With `isPolled`, `isDone` is something that no descriptor tells, and is asked again and again.
    func advance(isPolled: Bool = false, until isDone: () -> Bool) -> Bool {
        let deadline = ContinuousClock.now + Self.longest
        while !isDone() {
            let left = deadline - .now
            guard left > .zero, move(within: isPolled ? .zero : left) || isPolled && !isSilent else { return isDone() }
            if isPolled { sched_yield() }
        }
        return true
    }

    /// Waits until there is no room in the pipe to stdin, and none is made for a while; false when all was taken.
    func waitUntilInputIsFull() -> Bool {
        while !hasSent {
            if !move(within: .milliseconds(300)) { return true }
        }
        return false
    }

    /// Sends a signal and waits until it is taken.
    func signal(_ number: Int32) {
        guard ending == nil else { return }
        Glibc.kill(process, number)
        _ = advance(isPolled: true) {
            ending != nil || ProcessStatus(of: process)?.hasPendingSignals != true
        }
    }

    /// Waits until it is gone and all that it wrote is read; one that stays too long is killed.
    func waitForEnd() -> Ending {
        if !advance(until: { isSilent }), ending == nil {
            kill()
            ending = .overdue
        }
        return ending ?? .overdue
    }

    private func kill() {
        Glibc.kill(process, SIGKILL)
        reap()
    }

    /// Does what can be done to the streams; false when there was nothing within that time, or never will be.
    private func move(within time: Duration) -> Bool {
        var polls = [input.poll, output.poll, pollfd(fd: lifeline, events: 0, revents: 0)]
        // What the dead do not read stays unread; what they wrote is still there.
        if ending != nil { (polls[0].fd, polls[2].fd) = (-1, -1) }
        guard polls.contains(where: { $0.fd >= 0 }) else { return false }
        let (seconds, attoseconds) = time.components
        let count = poll(&polls, nfds_t(polls.count), Int32(seconds * 1000 + attoseconds / 1_000_000_000_000_000))
        guard count > 0 else { return count < 0 && errno == EINTR }
        if polls[0].revents != 0 { input.write() }
        if polls[1].revents != 0 { output.read() }
        if polls[2].revents != 0 { reap() }
        return true
    }

    private func reap() {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        ending = Ending(status: status)
    }
}
