import JSON

/// Where an answer goes.
enum ReplyTarget: Sendable {
    /// To the output, in whatever order answers are ready.
    case stream
    /// To its place in the answers of a batch, or among ordered answers.
    case place(any ReplyPlaces, Int)
    /// Nowhere: the call is a notification.
    case nowhere
}

/// Something that puts answers in order before they leave.
protocol ReplyPlaces: AnyObject, Sendable {
    /// Takes the answer of the call at `index`; nil when it has none.
    func fill(_ index: Int, with answer: [UInt8]?)
}

extension ReplyPlaces {
    /// What an answer takes while it waits at its place. Also that there is none takes something.
    static func heldBytes(of answer: [UInt8]?) -> Int {
        (answer?.count ?? 0) + 64
    }
}

/// Calls of one method that are served together.
///
/// The reader adds calls until the group is submitted; from then on only the task that runs it touches it.
protocol CallGroup: AnyObject, Sendable {
    var id: GroupID { get }
    /// The number of its method.
    var lane: Int { get }
    /// It goes ahead of those that are not.
    var isUrgent: Bool { get }
    /// Whose the calls are.
    var calls: PendingCalls { get }
    /// The groups that must be finished before this one runs.
    var follows: Set<GroupID> { get set }

    /// Takes over the params of a call that is added to `calls` after it. They are valid by their schema.
    func append(_ params: Value) throws(Failure)

    /// Serves the calls and gives out their answers.
    func run() async
}
