import JSON
import Platform

/// One client: requests from one descriptor, answers to another, until the requests end.
package final class Connection: Sendable {
    /// Why a connection came to its end.
    package enum Ending: Hashable, Sendable {
        /// The input ended, and everything was answered.
        case endOfInput
        /// The same, but the input ended in the middle of a line.
        case cutInput
        /// `stop` was called; everything that had been read was answered.
        case stopped
        /// Answers could not be delivered: their reader has gone, or the device is full.
        case outputClosed
        case inputFailed(errno: Int32)
    }

    /// Why a connection could not begin: the system gave no thread or no descriptor.
    package enum StartError: Error, Hashable, Sendable {
        case outOfResources
    }

    private let input: Int32
    private let outputDescriptor: Int32
    private let methods: MethodTable
    private let limits: Limits
    private let isOrdered: Bool
    private let output: OutputQueue
    private let dispatcher: Dispatcher
    private let wake: WakePipe
    private let alarms: Alarms
    /// What has been counted so far.
    package let tally = Tally()

    /// The descriptors stay the caller's to close. With `isOrdered` answers leave in the order of their requests.
    package init(
        input: Int32, output outputDescriptor: Int32, methods: MethodTable, limits: Limits = Limits(),
        isOrdered: Bool = false
    ) throws(StartError) {
        guard let wake = WakePipe(), let alarms = Alarms() else { throw .outOfResources }
        self.input = input
        self.outputDescriptor = outputDescriptor
        self.methods = methods
        self.limits = limits
        self.isOrdered = isOrdered
        self.wake = wake
        self.alarms = alarms
        output = OutputQueue(descriptor: outputDescriptor, limitBytes: limits.outputBytes) { wake.wake() }
        dispatcher = Dispatcher(limits: limits, deadlines: Deadlines(alarms: alarms))
    }

    deinit {
        alarms.stop()
    }

    /// Stops reading. What was read is still answered, and then `serve` returns.
    package func stop() {
        wake.wake()
        dispatcher.stopReading()
        output.stopWaiting()
    }

    /// Serves the client to the end.
    package func serve() async throws(StartError) -> Ending {
        async let written = onThread { [output] in output.drain() }
        async let ending = onThread { [self] in read() }
        await dispatcher.waitUntilOver()
        let reading = await ending
        output.close()
        let writing: Void? = await written
        guard let reading, writing != nil else { throw .outOfResources }
        return output.isBroken ? .outputClosed : reading
    }

    private func read() -> Ending {
        defer { dispatcher.close() }
        do throws(SyntaxError) {
            let router = try Router(
                methods: methods, limits: limits, output: output, dispatcher: dispatcher, tally: tally,
                isOrdered: isOrdered)
            var reader = RequestReader(
                input: input, outputDescriptor: outputDescriptor, wake: wake, output: output, dispatcher: dispatcher,
                limits: limits, router: router)
            return reader.run()
        } catch {
            return .stopped
        }
    }

    /// Awaits a blocking body on a thread of its own; nil when there is none to be had.
    private func onThread<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R? {
        await withCheckedContinuation { continuation in
            let started = OSThread.start { continuation.resume(returning: body()) }
            if !started {
                dispatcher.close()
                output.abandon()
                continuation.resume(returning: nil)
            }
        }
    }
}
