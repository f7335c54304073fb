extension DriverLoop {
    /// Drops what nobody waits for: requests that are not on the way, and reads that are. A write on the way gets its
    /// outcome, which is not known otherwise; so it does not take effect after the call has returned.
    func dropCancelled() {
        var dropped = urgent.removeAll { $0.isCancelled } + queue.removeAll { $0.isCancelled }
        dropped += delayed.extract { $0.isCancelled }
        for (id, request) in running where request.isCancelled && request.request.operation.isRead {
            guard let transfer = transfers[id] else { continue }
            running[id] = nil
            multi.remove(transfer)
            idle.append(transfer)
            dropped.append(request)
        }
        for request in dropped { request.fail(.unanswered) }
    }
}
