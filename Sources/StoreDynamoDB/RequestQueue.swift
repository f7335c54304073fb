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
        if isEmpty {
            requests.removeAll(keepingCapacity: true)
            head = 0
        }
    }

    /// Removes the requests of which `isGone` is true, and gives them.
    mutating func removeAll(where isGone: (OpenRequest) -> Bool) -> [OpenRequest] {
        let gone = requests[head...].filter(isGone)
        guard !gone.isEmpty else { return [] }
        requests = requests[head...].filter { !isGone($0) }
        head = 0
        return gone
    }
}
