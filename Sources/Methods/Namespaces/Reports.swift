import Bureau
import JSON
import JSONRPC
import Services

extension Method {
    /// The methods of the namespace `report`. A report is recorded as a bureau query, so it writes base C too.
    static func reports(_ reports: ReportService, _ access: MethodAccesses) -> [Method] {
        [
            .aboutSubject(
                "report.get", access, reads: [.a, .b, .c], writes: [.b, .c], answerBytes: 8192,
                params: { (reader) throws(Failure) in try SubjectRead(reader) },
                service: reports.make,
                result: { $0.value.write(to: &$1) })
        ]
    }
}

extension CreditReport {
    /// Appends the result of `report.get`.
    fileprivate func write(to writer: inout Writer) {
        writer.object { result in
            result.member("reportId", reportID)
            result.member("generatedAt", generatedAt)
            result.key("person")
            person.write(to: &result)
            result.key("profile")
            if let profile = profile { profile.write(to: &result) } else { result.null() }
            result.key("score")
            if let score { result.object { score.writeMembers(to: &$0) } } else { result.null() }
            if let unscorable {
                result.key("unscorable")
                result.object { $0.member("cause", unscorable.rawValue) }
            }
            result.optional(inconsistencies)
            result.key("events")
            events.write(to: &result)
        }
    }
}
