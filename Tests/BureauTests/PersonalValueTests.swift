import Testing

@testable import Bureau

@Suite("PersonalValue")
struct PersonalValueTests {
    @Test("a personal value shows nothing of itself, alone or inside another")
    func hidesItself() throws {
        let cpf = try #require(CPF("52998224725"))
        let person = Sample.person
        let profile = Sample.profile
        #expect("\(cpf)" == "CPF(hidden)")
        #expect("\([person])" == "[Person(hidden)]")
        #expect("\(Optional(profile) as Any)" == "Optional(Profile(hidden))")
        #expect("\(Sample.asset)" == "Asset(hidden)")
        #expect(String(reflecting: Sample.asset) == "Asset(hidden)")
        #expect("\(Change.set("Ana"))" == "Change<String>(hidden)")
    }

    @Test("a dump holds none of its members")
    func hidesMembers() {
        let values: [Any] = [
            Sample.person, Sample.profile, Sample.address, Sample.asset, Sample.income, Sample.debt, Sample.event,
            Sample.event.details, PersonPatch(name: .set("Ana")), ProfilePatch(assets: .set([Sample.asset])),
        ]
        for value in values {
            var text = ""
            dump(value, to: &text)
            #expect(text.hasSuffix("(hidden)\n"))
            #expect(!text.contains("Ana") && !text.contains("Paulista") && !text.contains("Banco"))
        }
    }
}
