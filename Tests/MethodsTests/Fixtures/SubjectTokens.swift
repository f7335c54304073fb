import Bureau
import Repositories

/// Records of base C for one subject; in a file of its own, because two modules have an `EventRecord`.
enum SubjectTokens {
    static func token(_ bytes: UnsafeRawBufferPointer) -> SubjectToken? { SubjectToken(bytes: bytes) }

    static func records(_ events: [Event], _ token: SubjectToken) -> [EventRecord] {
        events.map {
            EventRecord(
                token: token, kind: $0.kind, occurredAt: $0.occurredAt, eventID: $0.eventID, body: [0x7B, 0x7D])
        }
    }
}
