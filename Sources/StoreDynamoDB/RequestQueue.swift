/// Requests in the order of their coming. Taking the first costs nothing, however many wait.
struct RequestQueue {
    private var requests: [OpenRequest] = []
    private var head = 0

    var isEmpty: Bool { head == requests.count }
    var first: OpenRequest? { isEmpty ? nil : requests[head] }

    mutating func append(_ request: OpenRequest) {
        requests.append(request)
    }

    mutating func removeFirst() {
        head += 1
        rewind()
    }

    /// Removes the requests of which `isGone` is true, and gives them.
    mutating func removeAll(where isGone: (OpenRequest) -> Bool) -> [OpenRequest] {
        defer { rewind() }
        return requests.extract(from: head, where: isGone)
    }

    private mutating func rewind() {
        guard isEmpty else { return }
        requests.removeAll(keepingCapacity: true)
        head = 0
    }
}

extension Array {
    /// Removes elements and gives them. Each is asked for once: whether a request is cancelled may change meanwhile.
    mutating func extract(from start: Int = 0, where isMeant: (Element) -> Bool) -> [Element] {
        guard let first = self[start...].firstIndex(where: isMeant) else { return [] }
        var extracted = [self[first]]
        var end = first
        for index in self[(first + 1)...].indices {
            if isMeant(self[index]) {
                extracted.append(self[index])
            } else {
                self[end] = self[index]
                end += 1
            }
        }
        removeSubrange(end...)
        return extracted
    }
}
