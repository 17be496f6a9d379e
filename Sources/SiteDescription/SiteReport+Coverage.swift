import GasModel

/// What is missing, and what should be seen to, as JSON.
extension SiteReport {
    static func json(_ coverage: Coverage) -> JSONValue {
        [
            "judged": .bool(coverage.askedCount != nil),
            "asked": .number(orNull: coverage.askedCount.map(Double.init)),
            "missing": .number(Double(coverage.gaps.count)),
            "unaccepted": .number(Double(coverage.unaccepted.count)),
            "gaps": .list(coverage.gaps.map(json)),
            "needless": .list(coverage.needless.map(json)),
        ]
    }

    private static func json(_ gap: Coverage.Gap) -> JSONValue {
        let (standing, acceptance): (String, AcceptedGap?) =
            switch gap.standing {
            case .open: ("open", nil)
            case .accepted(let acceptance): ("accepted", acceptance)
            case .expired(let acceptance): ("expired", acceptance)
            }
        return [
            "place": .text(gap.place.id), "requirement": .text(gap.requirement.id),
            "title": .text(gap.requirement.title),
            "quantity": .text(gap.requirement.quantity.rawValue),
            "role": .text(orNull: gap.requirement.role?.rawValue),
            "basis": json(gap.requirement.basis), "standing": .text(standing),
            "acceptance": acceptance.map(json) ?? .null,
        ]
    }

    private static func json(_ gap: AcceptedGap) -> JSONValue {
        [
            "requirement": .text(gap.requirement), "place": .text(gap.place),
            "accepted-by": .text(gap.acceptedBy), "reason": .text(gap.reason),
            "until": .text(gap.until),
        ]
    }

    static func json(_ attention: Attention) -> JSONValue {
        [
            "concern": .text(attention.concern.rawValue),
            "title": .text(attention.concern.title),
            "subjects": .list(
                attention.subjects.map {
                    ["name": .text($0.name), "detail": .text(orNull: $0.detail)]
                }),
            "basis": attention.basis.map(json) ?? .null,
        ]
    }

    static func json(_ decommission: Decommission) -> JSONValue {
        [
            "sensor": .text(decommission.sensor), "by": .text(decommission.by),
            "reason": .text(decommission.reason),
        ]
    }
}
