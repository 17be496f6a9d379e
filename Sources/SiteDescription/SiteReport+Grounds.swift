import GasModel

/// What calls for a halt, and how halts are answered in time: as text and as JSON.
extension SiteReport {
    /// The grounds in aligned columns, with what each rests on, then the times of the site.
    func groundText(_ notes: inout Footnotes) -> String {
        let heads = ["GROUND", "CLASS", "ALLOWED", "IF RISING", "SCOPE", "BASIS", "WHAT"]
        var rows: [[String]] = []
        for ground in site.grounds {
            rows.append([
                ground.id, ground.kind.rawValue,
                ground.kind == .halt ? words(ground.allowedSeconds) : "-",
                ground.kind == .halt ? words(ground.allowedRisingSeconds) : "-",
                scopeWords(ground), basisWords(ground, &notes), whatWords(ground),
            ])
        }
        let timing = site.timing
        let lines = aligned([heads] + rows).map { "  \($0)\n" }
        return "GROUNDS FOR A HALT\n" + lines.joined()
            + "  called for further up after \(words(timing.escalateSeconds)), told anew every "
            + "\(words(timing.remindSeconds)), released after \(words(timing.holdSeconds)) below "
            + "re-power at the earliest\n"
    }

    private func words(_ seconds: Double) -> String {
        if seconds == 0 { return "at once" }
        return Int(exactly: seconds).map { "\($0) s" } ?? "\(seconds) s"
    }

    private func scopeWords(_ ground: HaltGround) -> String {
        let wider = ground.wider.map { reach in
            "\(reach.scope.rawValue) in \(reach.places.map(\.rawValue).joined(separator: ", "))"
        }
        return ([ground.scope.rawValue] + wider).joined(separator: "; ")
            + (ground.reachesDownstream ? " + downstream" : "")
    }

    /// What the licensed output rests on is the policy's.
    private func basis(of ground: HaltGround) -> LegalBasis? {
        ground.kind == .standing ? ground.basis ?? site.policy?.outputBasis : ground.basis
    }

    private func basisWords(_ ground: HaltGround, _ notes: inout Footnotes) -> String {
        basis(of: ground).map { notes.mark($0) } ?? "ours"
    }

    private func whatWords(_ ground: HaltGround) -> String {
        guard let lead = ground.withdrawalSeconds else { return ground.title }
        let own = site.places.compactMap { place in
            place.withdrawalSeconds.map { "\(place.id) \(words($0))" }
        }
        return ground.title + ": \(words(lead))"
            + (own.isEmpty ? "" : "; \(own.joined(separator: ", "))")
    }

    /// The grounds as JSON, in their order.
    var groundList: JSONValue {
        .list(
            site.grounds.map { ground in
                [
                    "id": .text(ground.id), "title": .text(ground.title),
                    "class": .text(ground.kind.rawValue),
                    "rules": .texts(ground.rules.map(\.rawValue)),
                    "allowed-seconds": .number(ground.allowedSeconds),
                    "allowed-rising-seconds": .number(ground.allowedRisingSeconds),
                    "guards-only": .bool(ground.isForGuardsOnly),
                    "scope": .text(ground.scope.rawValue),
                    "wider": .list(
                        ground.wider.map {
                            [
                                "places": .texts($0.places.map(\.rawValue)),
                                "scope": .text($0.scope.rawValue),
                            ]
                        }),
                    "downstream": .bool(ground.reachesDownstream),
                    "withdrawal-seconds": .number(orNull: ground.withdrawalSeconds),
                    "basis": basis(of: ground).map(Self.json) ?? .null,
                ]
            })
    }

    /// The times of the site as JSON.
    var timing: JSONValue {
        [
            "escalate-seconds": .number(site.timing.escalateSeconds),
            "remind-seconds": .number(site.timing.remindSeconds),
            "hold-seconds": .number(site.timing.holdSeconds),
        ]
    }
}
