import JSONRPC
import Repositories
import Services
import Telemetry

extension Method {
    /// Every method that the daemon serves, by namespace.
    static func bureau(
        contracts: ContractSet, services: BureauServices, stores: [any Store], stamps: Stamps, limits: Limits,
        openRPC: OpenRPCDocument, metrics: MetricsSource? = nil
    ) -> [Method] {
        let access = MethodAccesses(contracts, services.control, services.tokenMoves)
        return persons(services.persons, services.deletions, access, stamps) + debts(services.debts, access, stamps)
            + payments(services.payments, access, stamps) + profiles(services.profiles, access, stamps)
            + scores(services.scores, access) + monitoring(services.monitor, access) + models(services.models)
            + explanations(services.scores, access, contracts.catalogue) + events(services.events, access, stamps)
            + reports(services.reports, access) + features(services.facts, access, stamps)
            + erasure(services.erasures, services.blocks, access)
            + keys(services.keys) + audit(services.audit, access)
            + disputes(services.rights, access) + consents(services.rights, access)
            + cadastro(services.rights, access) + subjects(services.rights, access)
            + subjectAccess(services.subjectAccess, access)
            + system(stores: stores, limits: limits, openRPC: openRPC, contracts: contracts.digest)
            + [.metrics(metrics ?? MetricsSource(version: openRPC.version, stores: stores))]
    }
}

extension MethodTable {
    /// Every method that the daemon serves, each with the schema of its params. The numbers of their calls are counted
    /// in `metrics`.
    public init(
        contracts: ContractSet, services: BureauServices, stores: [any Store], stamps: Stamps, limits: Limits,
        version: String, metrics: MetricsSource? = nil
    ) throws(ContractSet.LoadError) {
        let metrics = metrics ?? MetricsSource(version: version, stores: stores)
        let methods = Method.bureau(
            contracts: contracts, services: services, stores: stores, stamps: stamps, limits: limits,
            openRPC: OpenRPCDocument(contracts: contracts, version: version), metrics: metrics)
        var entries: [Entry] = []
        for method in methods {
            entries.append(
                Entry(
                    method, schema: try contracts.params(of: method.name),
                    summary: contracts.summary(of: method.name)))
        }
        self.init(entries, resources: Bases.names, metrics: metrics.calls)
    }
}
