import GasModel

/// Reads what people answer for by name: duties, accepted gaps, sensors that were taken out.
struct PeopleReader {
    private let problems: ProblemList

    init(_ problems: ProblemList) { self.problems = problems }

    /// The people, in the order of escalation.
    func people(_ items: [Item]) -> [Person] {
        var seen: Set<[String]> = []
        return blocks(items, "person") { block in
            let name = block.required("name", .name)
            let duty = block.required("duty", Form<Duty>.choice("duty"))
            let contact = block.optional("contact", .name)
            let login = block.optional("login", .login)
            let powers = block.optional("powers", .powers)
            block.refuseUnknownKeys()
            guard let name, let duty else { return nil }
            guard seen.insert([name.value, duty.value.rawValue]).inserted else {
                problems.add(
                    name.position,
                    "\(quoted(name.value)) is named twice as \(duty.value.rawValue)")
                return nil
            }
            return Person(
                name: name.value, duty: duty.value, contact: contact?.value, login: login?.value,
                powers: powers?.value)
        }
    }

    /// The accepted gaps; each names a requirement of the table that holds for its place.
    func acceptedGaps(
        _ items: [Item], _ mine: MineFacts, _ places: PlaceReader
    ) -> [AcceptedGap] {
        var seen: Set<[String]> = []
        return blocks(items, "accepted gap") { block in
            let requirement = block.required("requirement", .code)
            let place = block.required("place", .code)
            let acceptedBy = block.required("accepted-by", .name)
            let reason = block.required("reason", .name)
            let until = block.required("until", .day)
            block.refuseUnknownKeys()
            let placeIsThere =
                place.map {
                    places.codes.holds($0, "\(block.title) is in the place", problems)
                } ?? false
            if let requirement {
                let kind = place.flatMap { places.kinds[$0.value] }
                refuseUnasked(requirement, of: kind, mine)
            }
            guard let requirement, let place, let acceptedBy, let reason, let until, placeIsThere
            else { return nil }
            guard seen.insert([requirement.value, place.value]).inserted else {
                problems.add(
                    requirement.position,
                    "the gap \(quoted(requirement.value)) in \(quoted(place.value)) is accepted "
                        + "twice")
                return nil
            }
            return AcceptedGap(
                requirement: requirement.value, place: place.value,
                acceptedBy: acceptedBy.value, reason: reason.value, until: until.value)
        }
    }

    /// The sensors that were taken out; none of them may still be described.
    func decommissioned(_ items: [Item], _ sensors: UniqueCodes) -> [Decommission] {
        var gone = UniqueCodes(of: "decommissioned sensor")
        return blocks(items, "decommissioned sensor") { block in
            let sensor = block.required("sensor", .code)
            let by = block.required("by", .name)
            let reason = block.required("reason", .name)
            block.refuseUnknownKeys()
            if let sensor {
                gone.insert(sensor, problems)
                if let line = sensors.positions[sensor.value]?.line {
                    problems.add(
                        sensor.position,
                        "the sensor \(quoted(sensor.value)) is decommissioned and still described",
                        hint: "in line \(line)")
                }
            }
            guard let sensor, let by, let reason else { return nil }
            return Decommission(sensor: sensor.value, by: by.value, reason: reason.value)
        }
    }

    private func refuseUnasked(
        _ requirement: Found<String>, of kind: PlaceKind?, _ mine: MineFacts
    ) {
        switch mine.source {
        case .unknown: break
        case .own:
            problems.add(
                requirement.position,
                "limit-table: own asks for no sensors, so that no gap can be accepted",
                hint: "leave it out")
        case .table(let table):
            let ids = table.requirements.map(\.id)
            guard let asked = table.requirements.first(where: { $0.id == requirement.value })
            else {
                let near = problems.suggestion(for: requirement.value, among: ids)
                problems.add(
                    requirement.position,
                    "\(table.name) has no requirement \(quoted(requirement.value))",
                    hint: near ?? "allowed: \(ids.joined(separator: ", "))")
                return
            }
            let isOfClass =
                asked.gasClasses.isEmpty || mine.gasClass.map(asked.gasClasses.contains) == true
            guard let kind, !asked.places.contains(kind) || !isOfClass else { return }
            problems.add(
                requirement.position,
                "\(table.name) does not ask for \(quoted(asked.id)) in this place",
                hint: "leave it out")
        }
    }

    private func blocks<Value>(
        _ items: [Item], _ kind: String, _ read: (inout Block) -> Value?
    ) -> [Value] {
        items.enumerated().compactMap { number, item in
            Block(item, of: kind, number: number + 1, problems: problems).flatMap {
                var block = $0
                return read(&block)
            }
        }
    }
}
