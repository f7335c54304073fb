import Bureau

/// Base A's store under watch. Its reads write audit rows, and so count as writes.
extension SupervisedStore: PersonRepository where Repository == any PersonRepository {
    public func create(_ persons: [PersonCreation], audit: [AuditLine]) async throws(StoreError) -> [WriteOutcome] {
        try await writing(
            { (store) async throws(StoreError) in try await store.create(persons, audit: audit) }, failure: \.failure)
    }

    public func read(_ tokens: [SubjectToken], audit: [AuditLine]) async throws(StoreError) -> [PersonRecord?] {
        try await writing { (store) async throws(StoreError) in try await store.read(tokens, audit: audit) }
    }

    public func update(_ updates: [PersonUpdate]) async throws(StoreError) -> [WriteOutcome] {
        try await writing({ (store) async throws(StoreError) in try await store.update(updates) }, failure: \.failure)
    }

    public func delete(
        _ deletions: [PersonDeletion], audit: [AuditLine]
    ) async throws(StoreError) -> [WriteOutcome] {
        try await writing(
            { (store) async throws(StoreError) in try await store.delete(deletions, audit: audit) },
            failure: \.failure)
    }

    public func write(_ changes: [DebtChange]) async throws(StoreError) -> [WriteOutcome] {
        try await writing({ (store) async throws(StoreError) in try await store.write(changes) }, failure: \.failure)
    }

    public func persons(
        _ segment: WalkSegment, after cursor: WalkCursor?, limit: Int, along: WalkedParts
    ) async throws(StoreError) -> PersonPage {
        try await reading { (store) async throws(StoreError) in
            try await store.persons(segment, after: cursor, limit: limit, along: along)
        }
    }

    public func find(_ payments: [PaymentKey]) async throws(StoreError) -> [PaymentState] {
        try await reading { (store) async throws(StoreError) in try await store.find(payments) }
    }

    public func payments(_ queries: [PaymentQuery]) async throws(StoreError) -> [[PaymentRecord]] {
        try await reading { (store) async throws(StoreError) in try await store.payments(queries) }
    }

    public func payments(of queries: [PersonPaymentsQuery]) async throws(StoreError) -> [[PersonPayment]] {
        try await reading { (store) async throws(StoreError) in try await store.payments(of: queries) }
    }

    public func write(_ changes: [PaymentChange]) async throws(StoreError) -> [WriteOutcome] {
        try await writing({ (store) async throws(StoreError) in try await store.write(changes) }, failure: \.failure)
    }

    public func receipts(_ keys: [RepeatKey]) async throws(StoreError) -> [Receipt?] {
        try await reading { (store) async throws(StoreError) in try await store.receipts(keys) }
    }
}

extension SupervisedStore: RightsRepository where Repository == any PersonRepository {
    public func write(_ filings: [RequestFiling]) async throws(StoreError) -> [WriteOutcome] {
        try await writing({ (store) async throws(StoreError) in try await store.write(filings) }, failure: \.failure)
    }

    public func requests(_ queries: [RequestQuery]) async throws(StoreError) -> [[RequestRecord]] {
        try await reading { (store) async throws(StoreError) in try await store.requests(queries) }
    }

    public func due(_ queries: [DueQuery]) async throws(StoreError) -> [[RequestRecord]] {
        try await reading { (store) async throws(StoreError) in try await store.due(queries) }
    }

    public func write(_ changes: [ConsentChange]) async throws(StoreError) -> [WriteOutcome] {
        try await writing({ (store) async throws(StoreError) in try await store.write(changes) }, failure: \.failure)
    }

    public func consents(_ queries: [ConsentQuery]) async throws(StoreError) -> [[ConsentRecord]] {
        try await reading { (store) async throws(StoreError) in try await store.consents(queries) }
    }

    public func write(_ changes: [CadastroChange]) async throws(StoreError) -> [WriteOutcome] {
        try await writing({ (store) async throws(StoreError) in try await store.write(changes) }, failure: \.failure)
    }

    public func cadastros(_ tokens: [SubjectToken]) async throws(StoreError) -> [CadastroRecord?] {
        try await reading { (store) async throws(StoreError) in try await store.cadastros(tokens) }
    }

    public func closedCadastros(after token: SubjectToken?, limit: Int) async throws(StoreError) -> [SubjectToken] {
        try await reading { (store) async throws(StoreError) in
            try await store.closedCadastros(after: token, limit: limit)
        }
    }
}

extension SupervisedStore: ResealingRepository where Repository == any PersonRepository {
    public func paymentCounts(of tokens: [SubjectToken]) async throws(StoreError) -> [Int] {
        try await reading { (store) async throws(StoreError) in try await store.paymentCounts(of: tokens) }
    }

    public func highestEncryptionCount() async throws(StoreError) -> Int64 {
        try await reading { (store) async throws(StoreError) in try await store.highestEncryptionCount() }
    }

    public func sealedParts(of tokens: [SubjectToken]) async throws(StoreError) -> [SealedParts] {
        try await reading { (store) async throws(StoreError) in try await store.sealedParts(of: tokens) }
    }

    public func reseal(_ subjects: [SubjectReseal]) async throws(StoreError) -> [Bool] {
        try await writing { (store) async throws(StoreError) in try await store.reseal(subjects) }
    }
}
