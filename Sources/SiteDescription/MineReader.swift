import GasModel

/// What the limits of a site rest on.
enum LimitSource {
    /// The rows of a table.
    case table(LimitTable)
    /// The site file alone: no legal basis.
    case own
    /// What the file says of it could not be read, so that nothing can be said of any row.
    case unknown
}

/// What is known of the mine as a whole.
struct MineFacts {
    var code: String?
    var name: String?
    var gasClass: GasClass?
    var outputTonnes: Double?
    /// Where the file says that the mine must drain its gas.
    var drainage: Position?
    var source: LimitSource
    var policy: ProvincePolicy?
    var language = Language.english
}

/// Reads the mine, and the law that it is under.
struct MineReader {
    /// What stands for a table where a site has limits of its own.
    static let ownLimits = "own"
    /// Licensed output in tonnes a year: who writes 30 for 300,000 means another unit.
    private static let outputTonnes = 1000.0...1_000_000_000.0

    private let problems: ProblemList
    private let tables: [LimitTable]
    private let policies: [ProvincePolicy]

    init(_ problems: ProblemList, tables: [LimitTable], policies: [ProvincePolicy]) {
        self.problems = problems
        self.tables = tables
        self.policies = policies
    }

    /// The mine that the file describes, as far as it can be read.
    func facts(_ file: inout Block) -> MineFacts {
        var mine = file.block("mine", title: "the mine")
        let code = mine?.required("code", .code)
        let name = mine?.required("name", .name)
        let gasClass = mine?.optional("gas-class", Form<GasClass>.choice("gas class"))
        let output = mine?.optional("licensed-output", .number(within: Self.outputTonnes))
        let drainage = mine?.optional("drainage", Form<Demand>.choice("word"))
        mine?.refuseUnknownKeys()
        let table = file.required(
            "limit-table", .word("limit table", among: tables.map(\.name) + [Self.ownLimits]))
        let policy = file.optional("policy", .word("policy", among: policies.map(\.name)))
        let language = file.optional("language", Form<Language>.choice("language"))

        var facts = MineFacts(
            code: code?.value, name: name?.value, gasClass: gasClass?.value,
            outputTonnes: checked(output),
            drainage: drainage?.value == .required ? drainage?.position : nil,
            source: source(table?.value),
            policy: policy.flatMap { policy in policies.first { $0.name == policy.value } },
            language: language?.value ?? .english)
        if case .table(let table) = facts.source, table.tellsGasClasses, gasClass == nil {
            facts.source = .unknown
            if let mine, !mine.states("gas-class") {
                let classes = GasClass.allCases.map(\.rawValue).joined(separator: ", ")
                mine.refuseLack(
                    of: "gas-class", hint: "\(table.name) asks for it; allowed: \(classes)")
            }
        }
        if let policy = facts.policy, policy.outputTonnesMin != nil, let mine,
            !mine.states("licensed-output")
        {
            mine.refuseLack(
                of: "licensed-output", hint: "\(policy.name) asks for it, in tonnes a year")
        }
        return facts
    }

    private func source(_ name: String?) -> LimitSource {
        if name == Self.ownLimits { return .own }
        return tables.first { $0.name == name }.map { .table($0) } ?? .unknown
    }

    private func checked(_ output: Found<Double>?) -> Double? {
        guard let output else { return nil }
        guard Self.outputTonnes.contains(output.value) else {
            problems.add(
                output.position, "licensed-output \(output.value) is out of bounds",
                hint: "allowed: 1000 to 1000000000, in tonnes a year")
            return nil
        }
        return output.value
    }
}

extension LimitTable {
    /// Whether something of the table depends on the gas class of the mine.
    var tellsGasClasses: Bool {
        rows.contains { !$0.gasClasses.isEmpty } || requirements.contains { !$0.gasClasses.isEmpty }
    }
}
