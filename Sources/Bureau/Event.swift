/// Something that happened to a person: a record of base C.
package struct Event: Sendable, Hashable, PersonalValue {
    package let eventID: EventID
    package let occurredAt: Instant
    package let details: EventDetails

    package init(eventID: EventID, occurredAt: Instant, details: EventDetails) {
        self.eventID = eventID
        self.occurredAt = occurredAt
        self.details = details
    }

    /// The kind that the details have.
    package var kind: EventKind { details.kind }
}
