import Repositories
import Testing

@testable import StoreRedis

@Suite("A connection's queue, and its pipelines in flight")
struct PipelineQueueTests {
    private let now = ContinuousClock.now

    @Test("pipelines wait while the connection opens or is up, and are rejected while it is down")
    func phases() {
        var queue = PipelineQueue()
        #expect(queue.add(PlainPipeline(), at: now) == .accepted(wakes: false))
        queue.enter(.up)
        #expect(queue.add(PlainPipeline(), at: now) == .accepted(wakes: false))
        let left = queue.goDown(.timedOut, nextAttempt: now + .milliseconds(700))
        #expect(left.count == 2)
        #expect(queue.fault == .timedOut)
        #expect(queue.add(PlainPipeline(), at: now) == .rejected(.timedOut, retryAfter: .milliseconds(700)))
        queue.enter(.up)
        #expect(queue.fault == nil)
        #expect(queue.add(PlainPipeline(), at: now) == .accepted(wakes: false))
        #expect(queue.close() == false)
        queue.enter(.up)
        #expect(queue.phase == .closed)
        #expect(queue.add(PlainPipeline(), at: now) != .accepted(wakes: false))
    }

    @Test("a sleeping thread is woken once, and does not fall asleep while it can take work")
    func waking() {
        var queue = PipelineQueue()
        queue.enter(.up)
        #expect(queue.sleep(canTake: true) == true)
        #expect(queue.add(PlainPipeline(), at: now) == .accepted(wakes: true))
        #expect(queue.add(PlainPipeline(), at: now) == .accepted(wakes: false))
        #expect(queue.sleep(canTake: true) == false)
        #expect(queue.sleep(canTake: false) == true)
        #expect(queue.close() == true)
        #expect(queue.sleep(canTake: false) == false)
    }

    @Test("pipelines are taken in their order, and none is accepted beyond the bounds")
    func bounds() {
        var queue = PipelineQueue()
        let pipelines = (0..<RedisLimits.waitingPipelines).map { _ in PlainPipeline() }
        for pipeline in pipelines { #expect(queue.add(pipeline, at: now) == .accepted(wakes: false)) }
        #expect(queue.add(PlainPipeline(), at: now) != .accepted(wakes: false))
        let taken = queue.take(3)
        #expect(zip(taken, pipelines).allSatisfy { $0 === $1 } && taken.count == 3)
        #expect(queue.add(PlainPipeline(), at: now) == .accepted(wakes: false))
        #expect(queue.take(0).isEmpty)
    }

    @Test("the waiting pipelines of a cancelled call are withdrawn, and no more are accepted")
    func cancelled() {
        var queue = PipelineQueue()
        let cancellation = Cancellation()
        let pipelines = [cancellation, Cancellation(), cancellation].map { PlainPipeline(cancellation: $0) }
        for pipeline in pipelines { #expect(queue.add(pipeline, at: now) == .accepted(wakes: false)) }
        let taken = queue.take(1)
        #expect(taken.first === pipelines[0])
        cancellation.cancel()
        let withdrawn = queue.withdraw(cancellation)
        #expect(withdrawn.map(ObjectIdentifier.init) == [ObjectIdentifier(pipelines[2])])
        #expect(queue.add(PlainPipeline(cancellation: cancellation), at: now) != .accepted(wakes: false))
        let left = queue.take(2)
        #expect(left.map(ObjectIdentifier.init) == [ObjectIdentifier(pipelines[1])])
    }

    @Test("a master that became a replica is left for a new socket, once")
    func readOnly() {
        var queue = PipelineQueue()
        #expect(queue.leaveReplica() == false)
        queue.enter(.up)
        #expect(queue.takeNeedForNewSocket() == false)
        #expect(queue.sleep(canTake: true) == true)
        #expect(queue.leaveReplica() == true)
        #expect(queue.takeNeedForNewSocket() == true)
        #expect(queue.takeNeedForNewSocket() == false)
    }

    @Test("the pipelines of a lost socket are split by whether any byte of each was sent")
    func inFlight() {
        // Each PING is 14 bytes.
        for (sent, expected) in [(0, 0), (1, 1), (14, 1), (15, 2), (42, 3)] {
            var inFlight = InFlightPipelines()
            let pipelines = (0..<3).map { _ in PlainPipeline() }
            for pipeline in pipelines { inFlight.add(pipeline) }
            let left = inFlight.takeAll(sentBytes: sent)
            #expect(left.sent.count == expected)
            #expect((left.sent + left.unsent).map(ObjectIdentifier.init) == pipelines.map(ObjectIdentifier.init))
            #expect(inFlight.count == 0)
        }
    }

    @Test("a pipeline that is sent again leaves out the answered commands")
    func unanswered() {
        let pipeline = PlainPipeline(["A", "BB", "C"])
        pipeline.answered = 1
        #expect(String(decoding: pipeline.unanswered, as: UTF8.self) == "*1\r\n$2\r\nBB\r\n*1\r\n$1\r\nC\r\n")
        var inFlight = InFlightPipelines()
        inFlight.add(pipeline)
        inFlight.add(PlainPipeline())
        #expect(inFlight.takeAll(sentBytes: 23).unsent.count == 1)
        pipeline.answered = 3
        #expect(pipeline.unanswered.isEmpty)
    }

    @Test("the engine comes from INFO, and Valkey is not taken for Redis")
    func engine() {
        #expect(RedisEventStore.engine("# Server\r\nredis_version:7.0.15\r\nos:x\r\n") == "Redis 7.0.15")
        #expect(
            RedisEventStore.engine("redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.0.1\r\n")
                == "Valkey 8.0.1")
        #expect(RedisEventStore.engine("") == "Redis")
    }
}
