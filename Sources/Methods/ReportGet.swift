import JSON
import JSONRPC
import Services

/// `report.get`
package struct ReportGet: SubjectMethod {
    package static let name = "report.get"
    package let footprint = Footprint(reads: [.a, .b, .c], writes: [.b, .c])
    package let answerBytes = 4096
    private let reports: ReportService

    package init(reports: ReportService) {
        self.reports = reports
    }

    package func decode(_ params: Value) throws(Failure) -> PersonRequest {
        let reader = ObjectReader(params)
        return PersonRequest(
            cpf: try reader.required("cpf"), action: Self.name, purpose: try reader.required("purpose"),
            requester: try reader.text("requester"))
    }

    package func authorise(_ request: PersonRequest) throws(Failure) {
        try reports.authorise(request).outcome.get()
    }

    package func call(_ group: [PersonRequest]) async -> [Outcome<CreditReport>] {
        await reports.make(group).map(\.outcome)
    }

    package func write(_ report: CreditReport, to writer: inout Writer) {
        writer.object { result in
            result.member("reportId", report.reportID)
            result.member("generatedAt", report.generatedAt)
            result.key("person")
            report.person.write(to: &result)
            result.key("profile")
            if let profile = report.profile { profile.write(to: &result) } else { result.null() }
            result.key("score")
            if let score = report.score { score.write(to: &result) } else { result.null() }
            result.key("events")
            report.events.write(to: &result)
        }
    }
}
