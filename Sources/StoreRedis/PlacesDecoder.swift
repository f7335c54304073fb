import Repositories

/// Reads the places of a history, newest first, and keeps those that are on the page asked for.
struct PlacesDecoder: ReplyDecoder {
    let queries: [HistoryQuery]

    static var placeholder: [HistoryPlace] { [] }

    func value(_ cursor: inout ReplyCursor, at index: Int) throws(ReplyError) -> [HistoryPlace]? {
        let query = queries[index]
        var places: [HistoryPlace] = []
        var isWhole = true
        for _ in 0..<(try cursor.arrayCount() / 2) {
            guard let member = try cursor.bulk(), let score = try cursor.bulk() else { throw .malformed }
            guard places.count < query.limit else { continue }
            if let place = HistoryPlace(member: member, score: score) {
                if place.isOn(query) { places.append(place) }
            } else {
                isWhole = false
            }
        }
        return isWhole ? places : nil
    }
}
