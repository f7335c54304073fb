import Bureau
import JSON
import JSONRPC
import Services

extension Method {
    /// The methods of the namespace `features`; `stamps` tells the time.
    static func features(_ facts: FactsService, _ access: MethodAccesses, _ stamps: Stamps) -> [Method] {
        [
            .aboutSubject(
                "features.get", access, reads: [.a, .b, .c], answerBytes: 2048,
                params: { (reader) throws(Failure) in
                    let asOf = try reader.optional("asOf", Instant.self)
                    if let asOf, asOf > stamps.now() { try reader.refuse([RuleViolation("/asOf", .laterThanNow)]) }
                    return FeaturesRequest(cpf: try reader.cpf(), access: try reader.readAccess(), asOf: asOf)
                },
                service: facts.features,
                result: object { features, _, result in features.writeMembers(to: &result) })
        ]
    }
}

extension SubjectFeatures {
    /// Appends what `types/characteristics.json` describes, and the reasons for what has no value.
    fileprivate func writeMembers(to result: inout Writer) {
        result.member("asOf", asOf)
        result.key("characteristics")
        result.object { characteristics in
            for (name, value) in zip(names, values) {
                characteristics.key(name.rawValue)
                characteristics.value(value)
            }
        }
        result.key("missing")
        result.object { missing in
            for (name, value) in zip(names, values) {
                guard case .missing(let reason) = value else { continue }
                missing.key(name.rawValue)
                missing.string(reason.rawValue)
            }
        }
    }
}

extension Writer {
    /// Appends a characteristic's value: a whole number, a category, or null.
    mutating func value(_ value: CharacteristicValue) {
        switch value {
        case .number(let number): self.number(Int64(exactly: number) ?? (number < 0 ? .min : .max))
        case .category(let category): string(category)
        case .missing: null()
        }
    }
}

extension RecordedDetails {
    /// Reads an event's body, as `Event.json` writes it; nil for anything else.
    public init?(body: UnsafeBufferPointer<UInt8>) {
        if let told = RecordedDetails(canonical: body) {
            self = told
            return
        }
        let read = try? Document(Array(body)).withRoot { root in
            let reader = ObjectReader(root, of: "")
            return RecordedDetails(
                details: try EventDetails(reader), recordedAt: try reader.optional("recordedAt", Instant.self))
        }
        guard let read else { return nil }
        self = read
    }
}
