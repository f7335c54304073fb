/// Something that happened to a person: a record of base C.
package struct Event: Sendable, Hashable, PersonalValue {
    /// What tells the event from the others of its person.
    package let eventID: EventID
    /// When it happened, by whoever reports it.
    package let occurredAt: Instant
    /// What happened.
    package let details: EventDetails

    /// Takes the parts of an event.
    package init(eventID: EventID, occurredAt: Instant, details: EventDetails) {
        self.eventID = eventID
        self.occurredAt = occurredAt
        self.details = details
    }

    /// The kind that the details have.
    package var kind: EventKind { details.kind }
}
