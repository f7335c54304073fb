import JSONRPC
import JSONSchema
import Repositories
import Services

extension MethodTable {
    /// Every method that the daemon serves, each with the schema of its params.
    package init(
        contracts: ContractSet, services: BureauServices, stores: [any Store], stamps: Stamps, limits: Limits,
        version: String
    ) throws(ContractSet.LoadError) {
        let openRPC = OpenRPCDocument(contracts: contracts, version: version)
        func grouped<M: Method>(_ method: M) throws(ContractSet.LoadError) -> Entry {
            Entry(method, schema: try contracts.params(of: M.name), summary: contracts.summary(of: M.name))
        }
        func immediate<M: ImmediateMethod>(_ method: M) throws(ContractSet.LoadError) -> Entry {
            Entry(method, schema: try contracts.params(of: M.name), summary: contracts.summary(of: M.name))
        }
        let entries = [
            try grouped(PersonCreate(persons: services.persons)),
            try grouped(PersonGet(persons: services.persons)),
            try grouped(PersonUpdate(persons: services.persons)),
            try grouped(PersonDelete(persons: services.persons)),
            try grouped(DebtAdd(debts: services.debts)),
            try grouped(DebtList(debts: services.debts)),
            try grouped(DebtUpdate(debts: services.debts)),
            try grouped(DebtRemove(debts: services.debts)),
            try grouped(ProfilePut(profiles: services.profiles)),
            try grouped(ProfileGet(profiles: services.profiles)),
            try grouped(ProfileUpdate(profiles: services.profiles)),
            try grouped(ProfileDelete(profiles: services.profiles)),
            try grouped(ScoreCompute(scores: services.scores)),
            try grouped(ScoreHistory(scores: services.scores)),
            try grouped(EventRecord(events: services.events, stamps: stamps)),
            try grouped(EventLatest(events: services.events)),
            try grouped(EventHistory(events: services.events)),
            try grouped(ReportGet(reports: services.reports)),
            try grouped(SystemHealth(stores: stores)),
            try immediate(SystemPing()),
            try immediate(SystemEcho()),
            try immediate(SystemLimits(limits: limits)),
            try immediate(SystemVersion(version: version)),
            try immediate(RPCDiscover(document: openRPC)),
        ]
        self.init(entries, resources: Bases.names)
    }
}
