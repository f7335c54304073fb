import JSON

/// Why a request is answered with an error: its code and what `data` tells. It never holds a value of the request.
package struct Failure: Error, Sendable {
    /// A member of `data` beside `reason`.
    package enum Detail: Sendable {
        case integer(StaticString, Int64)
        /// The text is one of the program's own words, never the user's.
        case text(StaticString, String)
    }

    package let code: ErrorCode
    /// Stands in for the code's own reason when it is more precise.
    package let reason: String?
    package let details: [Detail]
    package let violations: [ParamsViolation]

    package init(
        _ code: ErrorCode, reason: String? = nil, details: [Detail] = [], violations: [ParamsViolation] = []
    ) {
        self.code = code
        self.reason = reason
        self.details = details
        self.violations = violations
    }

    /// A value that the schema cannot judge alone, found unfit by a method.
    package static func invalidParams(at pointer: String, reason: String, accepted: String? = nil) -> Failure {
        Failure(
            .invalidParams,
            violations: [ParamsViolation(pointer: pointer, reason: reason, accepted: accepted)])
    }

    /// Appends the error object of JSON-RPC 2.0 §5.1.
    package func write(to writer: inout Writer) {
        writer.object { error in
            error.key("code")
            error.number(code.rawValue)
            error.key("message")
            error.string(code.message)
            error.key("data")
            error.object { data in
                data.key("reason")
                data.string(reason ?? code.reason)
                for detail in details {
                    switch detail {
                    case .integer(let key, let value):
                        data.key(key)
                        data.number(value)
                    case .text(let key, let value):
                        data.key(key)
                        data.string(value)
                    }
                }
                if !violations.isEmpty { writeViolations(to: &data) }
            }
        }
    }

    private func writeViolations(to data: inout Writer) {
        data.key("violations")
        data.array { list in
            for violation in violations {
                list.object { item in
                    item.key("pointer")
                    item.string(violation.pointer)
                    item.key("keyword")
                    item.string(violation.keyword)
                    item.key("reason")
                    item.string(violation.reason)
                    if let accepted = violation.accepted {
                        item.key("accepted")
                        item.string(accepted)
                    }
                }
            }
        }
    }
}
