import CCurl

extension DriverLoop {
    /// Starts the fetching of credentials when it is time.
    func fetchCredentials(_ now: Int64) {
        let request = credentials.startIfDue(at: now, clock: clock, readFile: settings.readFile)
        if let request { ask(request, now) }
    }

    func finishMetadata(_ transfer: Transfer, _ code: CURLcode, _ now: Int64) {
        metadataTransfer = nil
        let answer = code == CURLE_OK ? (transfer.status, transfer.takeAnswer()) : nil
        if let next = credentials.take(answer, at: now, clock: clock) { ask(next, now) }
    }

    private func ask(_ request: MetadataRequest, _ now: Int64) {
        guard let transfer = Transfer(settings) else { return giveUp(now) }
        transfer.prepare(
            url: request.url, headers: request.headers, timeoutMilliseconds: settings.connectMilliseconds,
            maySendAgain: true)
        transfer.set(CURLOPT_CUSTOMREQUEST, request.method)
        // The service is on this host or its link; a proxy must not see the credentials.
        transfer.set(CURLOPT_NOPROXY, "*")
        guard multi.add(transfer) else { return giveUp(now) }
        metadataTransfer = transfer
    }

    private func giveUp(_ now: Int64) {
        _ = credentials.take(nil, at: now, clock: clock)
    }
}
