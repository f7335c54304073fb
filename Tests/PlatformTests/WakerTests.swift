import Glibc
import Platform
import Testing

@Suite("Waiting for descriptors")
struct WakerTests {
    @Test("a sleep tells whether the socket is ready, and a wake is not taken for it")
    func sleeps() async throws {
        let waker = try #require(Waker())
        let socket = try #require(WakePipe())
        let (woken, ready) = await onThread {
            waker.wake()
            let woken = waker.sleep(until: nil, socket: socket.readEnd)
            socket.wake()
            return (woken, waker.sleep(until: nil, socket: socket.readEnd))
        }
        #expect(!woken)
        #expect(ready)
    }

    @Test("a descriptor is waited for until it is ready, or until the deadline")
    func waits() async throws {
        let pipe = try #require(WakePipe())
        let descriptor = FileDescriptor(pipe.readEnd)
        let (early, ready) = await onThread {
            let early = descriptor.wait(for: POLLIN, until: .now + .milliseconds(1))
            pipe.wake()
            return (early, descriptor.wait(for: POLLIN, until: nil))
        }
        #expect(!early)
        #expect(ready)
    }
}
