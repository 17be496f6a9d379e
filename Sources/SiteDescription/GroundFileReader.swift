import GasModel

/// Reads the tree of a file of grounds: the one place that knows its keys.
struct GroundFileReader {
    private enum Answer: String, CaseIterable {
        case yes, no
    }

    private let problems: ProblemList

    init(_ problems: ProblemList) { self.problems = problems }

    /// The file that the tree describes, complete only when no problem was added.
    func file(_ root: Item, fingerprint: String) -> GroundFile? {
        guard var file = Block(root, title: "the grounds", problems: problems) else { return nil }
        let name = file.required("name", .code)
        let title = file.required("title", .name)
        let tables = file.optional("tables", .codes, standard: [])
        let items = file.list("grounds")
        file.refuseUnknownKeys()
        let grounds = (items ?? []).enumerated().compactMap { ground($1, number: $0 + 1) }
        refuseRepeated(grounds)
        guard let name, let title, let tables else { return nil }
        return GroundFile(
            name: name.value, title: title.value, tables: tables.value.map(\.value),
            grounds: grounds.map(\.value), fingerprint: fingerprint)
    }

    private func ground(_ item: Item, number: Int) -> Found<HaltGround>? {
        guard var block = Block(item, of: "ground", number: number, problems: problems) else {
            return nil
        }
        let id = block.required("id", .code)
        let title = block.required("title", .sentence)
        let kind = block.optional(
            "class", Form<HaltGround.Class>.choice("class"), standard: .halt)
        let rules = block.optional("rules", .each(Form<Rule>.choice("rule")), standard: [])
        let allowed = block.optional("allowed", .seconds, standard: 0)
        let rising = block.optional("allowed-rising", .seconds)
        let guards = block.optional("guards-only", Form<Answer>.choice("answer"), standard: .no)
        let scope = block.required("scope", Form<HaltScope>.choice("scope"))
        let wider = block.optional("wider", .each(.reach), standard: [])
        let downstream = block.optional("downstream", Form<Answer>.choice("answer"), standard: .no)
        let withdrawal = block.optional("withdrawal", .seconds)
        let basis = block.optional("basis", .basis)
        block.refuseUnknownKeys()
        guard let id, let title, let kind, let rules, let allowed, let guards, let scope, let wider,
            let downstream
        else { return nil }
        if let rising, rising.value > allowed.value {
            problems.add(
                rising.position, "allowed-rising is longer than allowed",
                hint: "allowed: at most \(allowed.value)")
        }
        if rules.value.isEmpty != (kind.value == .standing) {
            problems.add(
                block.position, "\(block.title): rules belong to every class but standing")
        }
        if (withdrawal == nil) == (kind.value == .advance) {
            problems.add(
                block.position, "\(block.title): withdrawal belongs to the class advance alone")
        }
        return Found(
            value: HaltGround(
                id: id.value, title: title.value, kind: kind.value, rules: rules.value,
                allowedSeconds: allowed.value, allowedRisingSeconds: rising?.value,
                isForGuardsOnly: guards.value == .yes, scope: scope.value, wider: wider.value,
                reachesDownstream: downstream.value == .yes,
                withdrawalSeconds: withdrawal?.value, basis: basis?.value), position: id.position)
    }

    /// Two grounds that hold for the same would leave it to their order for how long.
    private func refuseRepeated(_ grounds: [Found<HaltGround>]) {
        var ids: Set<String> = []
        var rules: Set<Rule> = []
        for ground in grounds {
            if !ids.insert(ground.value.id).inserted {
                problems.add(
                    ground.position, "the ground \(quoted(ground.value.id)) is described twice")
            }
            for rule in ground.value.rules where !rules.insert(rule).inserted {
                problems.add(ground.position, "the rule \(quoted(rule.rawValue)) has two grounds")
            }
        }
    }
}

extension Form where Value == Double {
    /// A number of seconds, 0 or more, at most a week.
    fileprivate static var seconds: Form {
        Form { item, problems in
            guard let value = number.read(item, problems) else { return nil }
            guard 0...604_800 ~= value else {
                problems.add(
                    item.position, "\(value) is no such time",
                    hint: "allowed: 0 to 604800, in seconds")
                return nil
            }
            return value
        }
    }
}

extension Form where Value == HaltGround.Reach {
    /// A reach of its own for some kinds of place, as a block of keys.
    fileprivate static var reach: Form {
        Form { item, problems in
            guard var block = Block(item, title: "the reach", problems: problems) else {
                return nil
            }
            let places = block.required("places", .placeKinds)
            let scope = block.required("scope", Form<HaltScope>.choice("scope"))
            block.refuseUnknownKeys()
            guard let places, let scope else { return nil }
            return HaltGround.Reach(places: places.value, scope: scope.value)
        }
    }
}
