import Platform
import Testing

@Suite("Alarms")
struct AlarmsTests {
    @Test("functions are called at their times, in the order of the times")
    func callsInOrder() async throws {
        let alarms = try #require(Alarms())
        defer { alarms.stop() }
        let rung = Monitor([Int]())
        // Late enough for all three to be set before the first is due.
        let start = ContinuousClock.now + .seconds(1)
        for number in [3, 1, 2] {
            alarms.ring(at: start + .milliseconds(20 * number)) {
                rung.change { rung in
                    rung.append(number)
                    return ((), true)
                }
            }
        }
        let order = await onThread { rung.wait { $0.count == 3 ? $0 : nil } }
        #expect(order == [1, 2, 3])
        #expect(ContinuousClock.now - start >= .milliseconds(60))
    }
}
