import Glibc
import Platform
import Testing

@Suite("WakePipe")
struct WakePipeTests {
    /// Whether the pipe would wake a poll that begins now.
    private func isReadable(_ pipe: WakePipe) -> Bool {
        var poll = pollfd(fd: pipe.readEnd, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&poll, 1, 0) == 1
    }

    @Test("its read end becomes readable by a wake, and stays so")
    func wakes() throws {
        let pipe = try #require(WakePipe())
        #expect(!isReadable(pipe))
        pipe.wake()
        #expect(isReadable(pipe))
        #expect(isReadable(pipe))
    }

    @Test("any number of wakes never blocks")
    func neverBlocks() throws {
        let pipe = try #require(WakePipe())
        for _ in 0..<100_000 { pipe.wake() }
        #expect(isReadable(pipe))
    }

    @Test("it wakes a thread that waits already")
    func wakesWaiter() async throws {
        let pipe = try #require(WakePipe())
        async let woken = onThread {
            var poll = pollfd(fd: pipe.readEnd, events: Int16(POLLIN), revents: 0)
            return Glibc.poll(&poll, 1, -1)
        }
        pipe.wake()
        #expect(await woken == 1)
    }

    @Test("its ends are not inherited by programs that are started")
    func closesOnExec() throws {
        let pipe = try #require(WakePipe())
        #expect(fcntl(pipe.readEnd, F_GETFD) & FD_CLOEXEC != 0)
    }

    @Test("its descriptors are closed with it")
    func closes() throws {
        var pipe = WakePipe()
        let descriptor = try #require(pipe?.readEnd)
        let before = try #require(inode(of: descriptor))
        pipe = nil
        // Another test may have been given the number since, but never the same inode.
        #expect(inode(of: descriptor) != before)
    }

    private func inode(of descriptor: Int32) -> UInt64? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? UInt64(status.st_ino) : nil
    }
}

@Suite("Waker")
struct WakerTests {
    @Test("a wake before a sleep prevents the sleep, and only the next one")
    func wakesBefore() async throws {
        let waker = try #require(Waker())
        let elapsed = await onThread {
            waker.wake()
            waker.wake()
            waker.sleep(until: nil)
            return ContinuousClock().measure { waker.sleep(until: .now + .milliseconds(20)) }
        }
        #expect(elapsed >= .milliseconds(20))
    }

    @Test("a wake ends a sleep without a deadline")
    func wakes() async throws {
        let waker = try #require(Waker())
        async let isAwake = onThread {
            waker.sleep(until: nil)
            return true
        }
        waker.wake()
        #expect(await isAwake)
    }
}
