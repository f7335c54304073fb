import JSONRPC
import Repositories
import Services

extension Method {
    /// Every method that the daemon serves, by namespace.
    static func bureau(
        services: BureauServices, stores: [any Store], stamps: Stamps, limits: Limits, openRPC: OpenRPCDocument
    ) -> [Method] {
        persons(services.persons, stamps) + debts(services.debts, of: services.persons, stamps)
            + payments(services.payments, of: services.persons, stamps) + profiles(services.profiles, stamps)
            + scores(services.scores) + events(services.events, stamps)
            + reports(services.reports, on: services.persons)
            + keys(services.keys)
            + system(stores: stores, limits: limits, openRPC: openRPC)
    }
}

extension MethodTable {
    /// Every method that the daemon serves, each with the schema of its params.
    package init(
        contracts: ContractSet, services: BureauServices, stores: [any Store], stamps: Stamps, limits: Limits,
        version: String
    ) throws(ContractSet.LoadError) {
        let methods = Method.bureau(
            services: services, stores: stores, stamps: stamps, limits: limits,
            openRPC: OpenRPCDocument(contracts: contracts, version: version))
        var entries: [Entry] = []
        for method in methods {
            entries.append(
                Entry(
                    method, schema: try contracts.params(of: method.name),
                    summary: contracts.summary(of: method.name)))
        }
        self.init(entries, resources: Bases.names)
    }
}
