extension Address {
    /// What contradicts the country: Brazil has CEPs and states, other countries have codes and regions of their own.
    var findings: [RuleFinding] {
        guard country == .brazil else {
            return state == nil ? [] : [RuleFinding(.notAbroad, "/address/state", "/address/country")]
        }
        var findings: [RuleFinding] = []
        if let postalCode {
            if CEP(postalCode.text) == nil {
                findings.append(RuleFinding(.noCEP, "/address/postalCode", "/address/country"))
            }
        } else {
            findings.append(RuleFinding(.requiredInBrazil, "/address/postalCode", "/address/country"))
        }
        if state == nil { findings.append(RuleFinding(.requiredInBrazil, "/address/state", "/address/country")) }
        if region != nil { findings.append(RuleFinding(.notInBrazil, "/address/region", "/address/country")) }
        return findings
    }
}
