import Bureau
import JSON
import JSONRPC
import Repositories
import Services

extension Method {
    /// The methods of the namespace `key`.
    static func keys(_ keys: KeyService) -> [Method] {
        [
            .grouped(
                "key.status",
                decode: { params, _ in params["count"]?.bool ?? false },
                authorise: { (_) throws(Failure) in try keys.authorise().outcome.get() },
                call: { group in await keys.status(counting: group) },
                failure: { Failure(of: $0) },
                write: { rings, writer in write(rings, to: &writer) })
        ]
    }

    private static func write(_ rings: [KeyService.RingStatus], to writer: inout Writer) {
        writer.object { result in
            result.key("bases")
            result.array { list in
                for ring in rings {
                    list.object { item in
                        item.member("base", ring.base.rawValue)
                        item.key("wrappingKeys")
                        item.array { list in
                            for key in ring.wrappingKeys { list.object { write(key, to: &$0) } }
                        }
                        if let mark = ring.resealing {
                            item.member("generation", Int64(mark.generation))
                            if !mark.isComplete { item.member("resealing", true) }
                        }
                        if let count = ring.mostEncryptions { item.member("mostEncryptions", count) }
                    }
                }
            }
        }
    }

    private static func write(_ key: KeyService.WrappingKeyStatus, to item: inout Writer) {
        item.member("number", Int64(key.number))
        item.member("inRing", key.isInRing)
        item.member("wrapsNew", key.isNewest)
        if let count = key.dataKeys { item.member("dataKeys", Int64(count)) }
        if let count = key.encryptions { item.member("encryptions", count) }
    }
}
