import Repositories

/// Neighbouring events about one subject, which share a run of the script.
enum EventRuns {
    static func split(_ events: [EventRecord]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        runs.reserveCapacity(events.count)
        var start = 0
        while start < events.count {
            let token = events[start].token
            let most = min(events.count, start + Limits.eventsInScript)
            var end = start + 1
            while end < most, events[end].token == token { end += 1 }
            runs.append(start..<end)
            start = end
        }
        return runs
    }
}
