import Glibc
import Synchronization
import Testing

@testable import JSONRPC

@Suite("OutputQueue", .timeLimit(.minutes(1)))
struct OutputQueueTests {
    @Test("everything added is written, in order, before drain returns")
    func writesAll() async throws {
        let pipe = try Pipe()
        let output = OutputQueue(descriptor: pipe.writeEnd, limitBytes: 1 << 20)
        async let read = pipe.read()
        async let drained: Void = onThread {
            output.drain()
            pipe.closeWriteEnd()
        }
        for index in 0..<2000 {
            output.append(Array("\(index) \(String(repeating: "x", count: index))\n".utf8))
            output.append([])
        }
        output.close()
        await drained
        #expect(!output.isBroken)
        #expect(await read.lines == (0..<2000).map { "\($0) \(String(repeating: "x", count: $0))" })
        pipe.closeReadEnd()
    }

    @Test("a slow reader of a non-blocking descriptor gets everything")
    func nonBlocking() async throws {
        let pipe = try Pipe()
        _ = fcntl(pipe.writeEnd, F_SETFL, O_NONBLOCK)
        let output = OutputQueue(descriptor: pipe.writeEnd, limitBytes: 1 << 20)
        output.append([UInt8](repeating: 0x61, count: 1 << 20) + [0x0A])
        output.close()
        async let drained: Void = onThread {
            output.drain()
            pipe.closeWriteEnd()
        }
        let read = await pipe.read()
        await drained
        #expect(read.count == 1 << 20 + 1 && !output.isBroken)
        pipe.closeReadEnd()
    }

    @Test("there is no room from the limit on, until the reader has read")
    func bound() async throws {
        let pipe = try Pipe()
        let filled = pipe.fill()
        let output = OutputQueue(descriptor: pipe.writeEnd, limitBytes: 10)
        output.append([UInt8](repeating: 0x62, count: 9))
        #expect(output.waitForRoom())
        output.append([0x0A])
        let answer = Mutex<Bool?>(nil)
        async let waited: Void = onThread {
            let hasRoom = output.waitForRoom()
            answer.withLock { $0 = hasRoom }
        }
        async let drained: Void = onThread { output.drain() }
        // The writer thread is stuck in the full pipe, so nothing can have made room.
        let early = answer.withLock { $0 }
        #expect(early == nil)
        let read = await pipe.read(lines: filled + 1)
        await waited
        let late = answer.withLock { $0 }
        #expect(late == true)
        #expect(read.suffix(10) == [UInt8](repeating: 0x62, count: 9) + [0x0A])
        output.close()
        await drained
        pipe.closeWriteEnd()
        pipe.closeReadEnd()
    }

    @Test("when the reader has gone, the queue breaks, reports it once and drops what is added")
    func brokenPipe() async throws {
        let pipe = try Pipe()
        pipe.closeReadEnd()
        let told = Mutex(0)
        let output = OutputQueue(descriptor: pipe.writeEnd, limitBytes: 10) { told.withLock { $0 += 1 } }
        output.append(Array("answer\n".utf8))
        await onThread { output.drain() }
        #expect(output.isBroken)
        let count = told.withLock { $0 }
        #expect(count == 1)
        for _ in 0..<100 { output.append([UInt8](repeating: 0x61, count: 1 << 10)) }
        #expect(!output.waitForRoom())
        await onThread { output.drain() }
        pipe.closeWriteEnd()
    }

    @Test("a waiter for room is released when the queue breaks, and when reading is over")
    func releases() async {
        for release in [{ $0.abandon() }, { $0.stopWaiting() }] as [@Sendable (OutputQueue) -> Void] {
            let output = OutputQueue(descriptor: -1, limitBytes: 1)
            output.append([0x61])
            async let hasRoom = onThread { output.waitForRoom() }
            release(output)
            #expect(await !hasRoom)
        }
    }

    @Test("who waits for room is told once there is some: groups that wait to start, and a group between its parts")
    func tellsOfRoom() async throws {
        let pipe = try Pipe()
        let output = OutputQueue(descriptor: pipe.writeEnd, limitBytes: 10)
        let told = Mutex(0)
        output.onRoom { told.withLock { $0 += 1 } }
        output.append([UInt8](repeating: 0x61, count: 1 << 20))
        #expect(output.room == .full)
        async let isTaken: Void = output.untilTaken()
        async let drained: Void = onThread { output.drain() }
        #expect(await pipe.read(bytes: 1 << 20).count == 1 << 20)
        await isTaken
        #expect(output.room == .free && told.withLock { $0 } == 1)
        output.close()
        await drained
        pipe.closeWriteEnd()
        pipe.closeReadEnd()
    }

    @Test("in the middle of a line, what waits for its end takes no room, but for everybody else it does")
    func roomAmidLine() async {
        let output = OutputQueue(descriptor: -1, limitBytes: 10)
        let mine = BatchResponse(count: 1, target: .discarded, output: output)
        let other = OrderedResponses(output: output)
        output.append([0x5B], of: mine, isLast: false)
        output.append([UInt8](repeating: 0x61, count: 20))
        #expect(output.room == .held)
        output.waitForRoom(amid: mine)
        async let waited: Void = onThread { output.waitForRoom(amid: other) }
        output.abandon()
        await waited
    }

    @Test("a full device breaks the queue")
    func fullDevice() async throws {
        let device = open("/dev/full", O_WRONLY | O_CLOEXEC)
        try #require(device >= 0)
        let output = OutputQueue(descriptor: device, limitBytes: 10)
        output.append([0x61])
        await onThread { output.drain() }
        #expect(output.isBroken)
        close(device)
    }
}
