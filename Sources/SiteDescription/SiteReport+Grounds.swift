import GasModel

/// What calls for a halt, and how halts are answered in time: as text and as JSON.
extension SiteReport {
    /// The grounds in aligned columns, under each what it is and how far it reaches, then the times
    /// of the site.
    func groundText(_ notes: inout Footnotes, _ width: Int) -> String {
        var rows = [["GROUND", "CLASS", "ALLOWED", "IF RISING", "SCOPE", "BASIS"]]
        for ground in site.grounds {
            rows.append([
                ground.id, ground.kind.rawValue,
                ground.kind == .halt ? words(ground.allowedSeconds) : "-",
                ground.kind == .halt ? words(ground.allowedRisingSeconds) : "-",
                ground.scope.rawValue, basisWords(ground, &notes),
            ])
        }
        let lines = aligned(rows)
        let timing = site.timing
        return "GROUNDS FOR A HALT\n  \(lines[0])\n"
            + zip(site.grounds, lines.dropFirst()).map { ground, line in
                "  \(line)\n" + wrapped(whatWords(ground), first: "      ", width: width)
            }.joined()
            + wrapped(
                "called for further up after \(words(timing.escalateSeconds)), told anew every "
                    + "\(words(timing.remindSeconds)), released after \(words(timing.holdSeconds)) "
                    + "below re-power at the earliest", first: "  ", width: width)
    }

    private func words(_ seconds: Double) -> String {
        if seconds == 0 { return "at once" }
        return Int(exactly: seconds).map { "\($0) s" } ?? "\(seconds) s"
    }

    /// What the licensed output rests on is the policy's.
    private func basis(of ground: HaltGround) -> LegalBasis? {
        ground.kind == .standing ? ground.basis ?? site.policy?.outputBasis : ground.basis
    }

    private func basisWords(_ ground: HaltGround, _ notes: inout Footnotes) -> String {
        basis(of: ground).map { notes.mark($0) } ?? "ours"
    }

    private func whatWords(_ ground: HaltGround) -> String {
        var reach = ground.wider.map { reach in
            "the \(reach.scope.rawValue) in \(reach.places.map(\.rawValue).joined(separator: ", "))"
        }
        if ground.reachesDownstream {
            reach.append((reach.isEmpty ? "" : "and ") + "what lies downstream")
        }
        let reached = reach.joined(separator: ", ")
        let what = ground.title + (reached.isEmpty ? "" : "; reaches \(reached)")
        guard let lead = ground.withdrawalSeconds else { return what }
        let own = site.places.compactMap { place in
            place.withdrawalSeconds.map { "\(place.id) \(words($0))" }
        }
        return "\(what): \(words(lead))" + (own.isEmpty ? "" : "; \(own.joined(separator: ", "))")
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
