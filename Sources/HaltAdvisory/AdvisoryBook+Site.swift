package import GasModel

// MARK: When the site changes

extension AdvisoryBook {
    /// Goes over to `roster`: findings of records from `position` on were judged by it. Those of
    /// records before it may still come, until `forgetOldSites`.
    package mutating func change(to roster: SensorRoster, from position: UInt64) {
        rosters.append((position, roster))
        map = SiteMap(roster)
        recountHalts()
        assessmentCount &+= 1
        // Whoever is back may be taken out again.
        if decommissioned.isEmpty { return }
        for sensor in roster.site.sensors { decommissioned.remove(sensor.id) }
    }

    /// No finding that was judged by an older site than the newest will come any more.
    package mutating func forgetOldSites() { rosters.removeFirst(rosters.count - 1) }

    /// What stands of `sensor`, oldest onset first.
    package func open(of sensor: String) -> [Announcement] { open.filter { $0.sensor == sensor } }

    /// The sensors of which something stands and that are not in the site, each once, by code.
    package var absentSensors: [String] {
        // Of what stands there is little, of sensors there may be thousands.
        var absent = Set(open.compactMap(\.sensor))
        for sensor in site.sensors { absent.remove(sensor.id) }
        return absent.sorted()
    }

    /// Takes a sensor that left the site out for good: an audit line with all that stood of it, and
    /// the end of it all but for a halt, which stays open and latched until a named release.
    ///
    /// Empty when that was told before.
    package mutating func decommission(
        _ entry: Decommission, at now: Timestamp
    ) -> [Announcement] {
        guard note(decommissioned: entry.sensor) else { return [] }
        let stood = open(of: entry.sensor)
        let names = stood.compactMap { $0.advisory?.id }
        let halts = stood.filter { $0.severity == .halt }
        let open =
            names.isEmpty ? Phrase("nothing-open") : Phrase("were-open", Phrase.list(names))
        let audit = Announcement.notice(
            .notice, .decommissioned, at: now, site: site, sensor: entry.sensor,
            why: [Phrase("taken-out", entry.by, entry.reason, open)],
            action: [halts.isEmpty ? Phrase("do-nothing") : Phrase("do-keep-latched")])
        return [audit] + stood.filter { $0.severity != .halt }.map { close($0, entry, at: now) }
    }

    private mutating func close(
        _ standing: Announcement, _ entry: Decommission, at now: Timestamp
    ) -> Announcement {
        let end = end(
            of: standing, at: now, why: Phrase("closed-unseen", entry.by),
            action: Phrase("do-nothing"))
        restore(end)
        return end
    }

    /// Closes what goes on as another advisory of the same subject and rule: a run that could not
    /// read the journal has raised it anew, and one of both is enough to answer.
    package mutating func closeSuperseded(at now: Timestamp) -> [Announcement] {
        let old = superseded
        superseded = []
        return old.compactMap { entry in
            let key = entry.advisory.map { Key(subject: entry.subject, rule: $0.rule) }
            guard let id = key.flatMap({ standing[$0]?.advisory?.id }) else { return nil }
            return end(
                of: entry, at: now, why: Phrase("goes-on-as", id),
                action: Phrase("do-answer-other", id))
        }
    }

    private func end(
        of standing: Announcement, at now: Timestamp, why: Phrase, action: Phrase
    ) -> Announcement {
        var end = standing
        end.transition = .closed
        end.at = now.rfc3339()
        end.atNanoseconds = now.nanoseconds
        end.advisory?.revision += 1
        end.advisory?.state = .closed
        end.tell([why], do: [action], in: site.language)
        end.site = site.fingerprint
        return end
    }
}
