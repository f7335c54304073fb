/// The work that waits, and who takes it.
extension Dispatch {
    /// Work was taken in; `wake` is the link to tell.
    struct Acceptance: Hashable {
        let wake: Int?
    }

    /// Adds work; returns the link to wake, or nil as a whole when too much waits already.
    mutating func submit(_ work: Work, now: Instant) -> Acceptance? {
        guard waiting.count < limits.waitingBatches, !isStopped else { return nil }
        waiting.append(Waiting(work: work, deadline: deadline(from: now)))
        return Acceptance(wake: leastLoaded())
    }

    /// The next work for a link, with another link to wake when there is more to do.
    ///
    /// A link takes a second batch only when no other has fewer: batches spread over the server's processes first.
    mutating func take(_ link: Int) -> (work: Waiting?, wake: Int?) {
        guard !waiting.isEmpty, case .ready(let load) = links[link], let least = leastLoaded() else {
            return (nil, nil)
        }
        guard load < limits.batchesInFlight, case .ready(let leastLoad) = links[least], load <= leastLoad else {
            return (nil, least)
        }
        links[link] = .ready(load: load + 1)
        let work = waiting.removeFirst()
        return (work, waiting.isEmpty ? nil : leastLoaded())
    }

    /// A link is done with one batch.
    mutating func finish(_ link: Int) {
        if case .ready(let load) = links[link] { links[link] = .ready(load: load - 1) }
    }

    /// Puts back work that did not run; nil when it was tried often enough or its time is up.
    mutating func putBack(_ work: Waiting, now: Instant) -> Acceptance? {
        var work = work
        work.tries += 1
        guard work.tries < Self.triesLimit, work.deadline > now, !isStopped else { return nil }
        if downUntil != nil { work.deadline = min(work.deadline, now + limits.downTimeout) }
        waiting.insert(work, at: 0)
        return Acceptance(wake: leastLoaded())
    }

    /// Puts back work that was interrupted for another's sake, with all its time and tries: it is to run in any case.
    mutating func restore(_ work: Work, now: Instant) -> Acceptance? {
        guard !isStopped else { return nil }
        waiting.insert(Waiting(work: work, deadline: deadline(from: now)), at: 0)
        return Acceptance(wake: leastLoaded())
    }

    /// Takes out work that waits and is not wanted any more; nil when it does not wait.
    mutating func withdraw(_ isMeant: (Work) -> Bool) -> Work? {
        guard let index = waiting.firstIndex(where: { isMeant($0.work) }) else { return nil }
        return waiting.remove(at: index).work
    }

    /// Takes out what has waited for too long.
    mutating func expire(now: Instant) -> [Work] {
        alarm = nil
        guard waiting.contains(where: { $0.deadline <= now }) else { return [] }
        let expired = waiting.filter { $0.deadline <= now }.map(\.work)
        waiting.removeAll { $0.deadline <= now }
        return expired
    }

    /// When `expire` has to be called next; nil when a call at that time or before has been promised already.
    mutating func alarmToSet() -> Instant? {
        guard let next = waiting.lazy.map(\.deadline).min() else { return nil }
        if let alarm, alarm <= next { return nil }
        alarm = next
        return next
    }

    /// How long a caller that is turned away should wait.
    func retryAfterMilliseconds(now: Instant) -> Int {
        let due = downUntil.map { Int(($0 - now) / .milliseconds(1)) } ?? 0
        return max(due, Self.retryFloorMilliseconds)
    }

    private static var retryFloorMilliseconds: Int { 100 }

    private func deadline(from now: Instant) -> Instant {
        now + (downUntil == nil ? limits.acquireTimeout : limits.downTimeout)
    }

    /// A ready link that can take more and has the least to do.
    func leastLoaded() -> Int? {
        var best: (link: Int, load: Int)?
        for (link, state) in links.enumerated() {
            guard case .ready(let load) = state, load < limits.batchesInFlight else { continue }
            if best.map({ load < $0.load }) ?? true { best = (link, load) }
        }
        return best?.link
    }
}
