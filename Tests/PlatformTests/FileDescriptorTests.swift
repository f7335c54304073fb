import Glibc
import Platform
import Synchronization
import Testing

/// How often the handler of the test's signal has run.
private let interruptions = Atomic(0)

@Suite("FileDescriptor")
struct FileDescriptorTests {
    @Test("a call that signals interrupt is repeated, and another error is not")
    func repeatsCalls() {
        var calls = 0
        let result = retryingInterrupts { () -> Int in
            calls += 1
            errno = EINTR
            return calls < 4 ? -1 : 7
        }
        #expect(result == 7 && calls == 4)
        let failed = retryingInterrupts { () -> Int32 in
            calls += 1
            errno = EBADF
            return -1
        }
        #expect(failed == -1 && calls == 5)
    }

    @Test("bytes that do not fit into a non-blocking pipe at once are all written, in order")
    func writesAll() async throws {
        let pipe = try Pipe(nonBlocking: true)
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 / 251) }
        async let isWritten = onThread {
            defer { pipe.closeWriteEnd() }
            return pipe.writeEnd.writeAll(bytes)
        }
        let read = await onThread { pipe.readEnd.readAll() }
        #expect(read == bytes)
        #expect(await isWritten)
    }

    @Test("a read that signals interrupt returns what was written afterwards")
    func survivesInterrupts() async throws {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in interruptions.add(1, ordering: .relaxed) }
        try #require(sigaction(SIGURG, &action, nil) == 0)
        let pipe = try Pipe()
        let reader = Monitor<UInt?>(nil)
        async let read = onThread {
            // Threads of a dispatch queue block all signals, and the threads that they start inherit this.
            var signals = sigset_t()
            sigaddset(&signals, SIGURG)
            pthread_sigmask(SIG_UNBLOCK, &signals, nil)
            reader.change { reader in
                reader = UInt(pthread_self())
                return ((), true)
            }
            var byte: UInt8 = 0
            let count = withUnsafeMutableBytes(of: &byte) { pipe.readEnd.read(into: $0) }
            return (count, byte)
        }
        await onThread {
            let thread = pthread_t(reader.wait { $0 })
            while interruptions.load(ordering: .relaxed) < 100 { pthread_kill(thread, SIGURG) }
        }
        #expect(pipe.writeEnd.writeAll([42]))
        #expect(await read == (1, 42))
    }

    @Test("an input at the limit is read, and a longer one is refused with EFBIG")
    func limits() throws {
        let bytes = [UInt8](repeating: 1, count: 1000)
        let pipes = try (0..<2).map { _ in try Pipe() }
        for pipe in pipes {
            #expect(pipe.writeEnd.writeAll(bytes))
            pipe.closeWriteEnd()
        }
        #expect(pipes[0].readEnd.readAll(maximumBytes: 1000) == bytes)
        let read = pipes[1].readEnd.readAll(maximumBytes: 999)
        let code = errno
        #expect(read == nil && code == EFBIG)
    }

    @Test("a full device fails with its reason")
    func failsToWrite() throws {
        let descriptor = open("/dev/full", O_WRONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let isWritten = FileDescriptor(descriptor).writeAll([1])
        let code = errno
        #expect(!isWritten && code == ENOSPC)
        #expect(FileDescriptor(descriptor).writeAll([]))
    }

    @Test("a descriptor that is not open for reading fails")
    func failsToRead() throws {
        let pipe = try Pipe()
        let read = pipe.writeEnd.readAll()
        let code = errno
        #expect(read == nil && code == EBADF)
    }
}

/// A pipe of the test's own.
private final class Pipe: Sendable {
    let readEnd: FileDescriptor
    let writeEnd: FileDescriptor
    private let isWriteEndOpen = Atomic(true)

    init(nonBlocking: Bool = false) throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        readEnd = FileDescriptor(ends[0])
        writeEnd = FileDescriptor(ends[1])
        if nonBlocking { try #require(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0) }
    }

    deinit {
        close(readEnd.number)
        closeWriteEnd()
    }

    func closeWriteEnd() {
        if isWriteEndOpen.exchange(false, ordering: .relaxed) { close(writeEnd.number) }
    }
}
