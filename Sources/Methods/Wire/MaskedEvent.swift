import Bureau
import JSON

extension Writer {
    /// Appends an event, which base C gives as it is answered, plain or masked.
    mutating func event(_ body: UnsafeBufferPointer<UInt8>, _ disclosure: Disclosure) {
        switch disclosure {
        case .plain: verbatim(body)
        case .masked: maskedEvent(body)
        case .denied: null()
        }
    }

    /// Appends the member `name`: an event or null, or nothing where events of its kind are denied.
    mutating func event(_ name: StaticString, _ body: UnsafeBufferPointer<UInt8>?, _ disclosure: Disclosure) {
        if case .denied = disclosure { return }
        key(name)
        if let body { event(body, disclosure) } else { null() }
    }

    private mutating func maskedEvent(_ body: UnsafeBufferPointer<UInt8>) {
        guard let document = try? Document(body) else { return null() }
        document.withRoot { root in
            object { event in
                for member in root.members {
                    guard let name = member.key.string else { continue }
                    event.key(name)
                    event.masked(member.value, named: name)
                }
            }
        }
    }

    /// Appends a member's value by its name; one that this does not know is only stars.
    private mutating func masked(_ value: Value, named name: String) {
        switch name {
        case "eventId", "kind", "purpose", "direction", "channel", "installments", "approved": self.value(value)
        case "amountCents": number((value.int64 ?? 0).maskedToFirstDigit)
        case "occurredAt", "recordedAt": string(Mask.date.masked(value.string ?? ""))
        case "bureau", "requester": string(Mask.text.masked(value.string ?? ""))
        case "merchantCategoryCode": string(Mask.first.masked(value.string ?? ""))
        default: string(Mask.lastFour.masked("****"))
        }
    }
}
