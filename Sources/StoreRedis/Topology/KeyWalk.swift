import Repositories

/// The servers through whose keys a walk goes, one after the other.
struct KeyWalk: Sendable {
    /// Tells one map of slots from another.
    let map: UInt64
    /// A slot of each server, ascending, to send commands there that have no key.
    let slots: [UInt16]

    /// Where a walk goes on: on the server of a slot, at a position that the server has given.
    struct Place: Hashable, Sendable {
        var map: UInt64
        var slot: UInt16
        var position: [UInt8]
    }

    private static let start = Array("0".utf8)

    var beginning: Place { Place(map: map, slot: slots.first ?? 0, position: Self.start) }

    /// The place behind a page; nil at the end of the last server.
    func place(after place: Place, _ next: [UInt8]) -> Place? {
        if next != Self.start { return Place(map: map, slot: place.slot, position: next) }
        return slots.first { $0 > place.slot }.map { Place(map: map, slot: $0, position: Self.start) }
    }
}

/// Where a walk through tokens goes on.
enum TokenWalkPlace: Hashable {
    /// At a hash of tombstones.
    case tombstones(Int)
    /// At a place among the keys; nil at the first one.
    case keys(KeyWalk.Place?)

    init(_ cursor: WalkCursor?) {
        let words = String(decoding: cursor?.bytes ?? [], as: UTF8.self).split(separator: " ")
        switch words.first {
        case "tombstones" where words.count == 2: self = .tombstones(Int(words[1]) ?? 0)
        case "keys":
            guard words.count == 4, let map = UInt64(words[1]), let slot = UInt16(words[2]) else {
                self = .keys(nil)
                return
            }
            self = .keys(KeyWalk.Place(map: map, slot: slot, position: Array(words[3].utf8)))
        default: self = .tombstones(0)
        }
    }

    var cursor: WalkCursor {
        let text =
            switch self {
            case .tombstones(let hash): "tombstones \(hash)"
            case .keys(nil): "keys"
            case .keys(let place?):
                "keys \(place.map) \(place.slot) \(String(decoding: place.position, as: UTF8.self))"
            }
        return WalkCursor(Array(text.utf8))
    }
}

extension RedisTopology {
    var walk: KeyWalk { cluster?.keyWalk ?? KeyWalk(map: 0, slots: [0]) }
}

/// Writes commands on the keys of a server as a whole.
enum KeyCommands {
    /// Reads about `limit` keys, and gives those that may be subjects'.
    static func scan(_ place: KeyWalk.Place, limit: Int) -> CommandBuffer {
        var commands = CommandBuffer()
        commands.begin(parts: 6)
        commands.bulk("SCAN")
        commands.bulk(place.position)
        commands.bulk("MATCH")
        commands.bulk("creditd:{*}:*")
        commands.bulk("COUNT")
        commands.bulk(Int64(max(1, limit)))
        commands.end(slot: place.slot)
        return commands
    }
}
