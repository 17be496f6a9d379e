package import GasModel

/// Something in a site that is no error of the file, and that an engineer should see to.
package struct Attention: Sendable, Equatable {
    /// What it is about; the raw value is its key in JSON.
    package enum Concern: String, Sendable, CaseIterable {
        /// A duty in gas control that nobody is named for.
        case dutyWithoutName = "duty-without-a-name"
        /// Nobody can end a halt from the daemon's machine.
        case releaseByNobody = "release-by-nobody"
        /// The day of the next calibration is past.
        case calibrationOverdue = "calibration-overdue"
        /// The next calibration is due within `calibrationDaysAhead` days.
        case calibrationDue = "calibration-due"
        /// The next calibration is further off than the policy allows at all.
        case calibrationTooLate = "calibration-later-than-allowed"
        /// The policy asks for calibrations, and the sensor states no day.
        case calibrationUnknown = "calibration-not-stated"
        /// A missing sensor is accepted for `acceptanceDaysAhead` days at most: behind that its
        /// place is halted.
        case acceptanceEnding = "acceptance-ending"
        /// An outburst mine needs sensors that go on where catalytic ones end.
        case rangeTooShort = "range-too-short-for-outbursts"
        /// Nothing tells whether work goes on in a working place.
        case productionUnknown = "no-production-evidence"
    }

    /// What or whom it is about.
    package struct Subject: Sendable, Equatable {
        /// The `id` of a sensor or place, or the word for what is missing.
        package var name: String
        /// What is to be said of it, where the concern alone does not say it.
        package var detail: String?
    }

    /// How many days ahead a calibration is announced.
    package static let calibrationDaysAhead = 3
    /// How many days ahead the end of an acceptance is announced.
    package static let acceptanceDaysAhead = 7

    /// What it is about.
    package var concern: Concern
    /// What or whom it is about, in the order of the file; never empty.
    package var subjects: [Subject]
    /// What it rests on, where that is law.
    package var basis: LegalBasis?

    /// Everything in `site` that needs attention on the day `today`, a concern once, in the order
    /// of `Concern`.
    package static func list(for site: Site, today: String) -> [Attention] {
        Concern.allCases.compactMap { concern in
            let subjects = concern.subjects(in: site, today: today)
            return subjects.isEmpty
                ? nil
                : Attention(concern: concern, subjects: subjects, basis: concern.basis(in: site))
        }
    }
}

extension Attention.Concern {
    /// What it is about, in words.
    package var title: String {
        switch self {
        case .dutyWithoutName: "duty that nobody is named for"
        case .releaseByNobody: "nobody can release a halt"
        case .calibrationOverdue: "calibration overdue"
        case .calibrationDue: "calibration due within \(Attention.calibrationDaysAhead) days"
        case .calibrationTooLate: "next calibration later than the policy allows"
        case .calibrationUnknown: "next calibration not stated"
        case .acceptanceEnding:
            "acceptance of a missing sensor ends within \(Attention.acceptanceDaysAhead) days"
        case .rangeTooShort: "range too short for an outburst mine"
        case .productionUnknown: "no evidence of whether work goes on"
        }
    }

    fileprivate typealias Subject = Attention.Subject

    fileprivate func subjects(in site: Site, today: String) -> [Subject] {
        switch self {
        case .dutyWithoutName:
            [Duty.dispatcher, .gasInspector, .chiefEngineer]
                .filter { duty in !site.people.contains { $0.duty == duty } }
                .map { Subject(name: $0.rawValue) }
        case .releaseByNobody: withoutRelease(site)
        case .calibrationOverdue, .calibrationDue, .calibrationTooLate, .calibrationUnknown:
            site.sensors.compactMap { calibration($0, site.policy, today: today) }
        case .acceptanceEnding: ending(site, today: today)
        case .rangeTooShort: tooShort(site)
        case .productionUnknown:
            site.places.filter { $0.kind.isWorking && $0.production.isEmpty }
                .map { Subject(name: $0.id) }
        }
    }

    fileprivate func basis(in site: Site) -> LegalBasis? {
        switch self {
        case .calibrationTooLate, .calibrationUnknown: site.policy?.calibrationBasis
        // The gas classes are those of Chinese law, and so is this.
        case .rangeTooShort:
            LegalBasis(
                instrument: "AQ 1029", edition: "revision of 2019",
                article: "high-low or full-range methane sensors in outburst mines",
                verified: .secondary)
        default: nil
        }
    }

    private func calibration(
        _ sensor: Sensor, _ policy: ProvincePolicy?, today: String
    ) -> Subject? {
        let days = sensor.quantity == .methane ? policy?.calibrationDays : nil
        guard let due = sensor.calibrationDue else {
            return self == .calibrationUnknown && days != nil ? Subject(name: sensor.id) : nil
        }
        // Days are added only where they decide: there are many sensors.
        func isWithin(_ days: Int) -> Bool { due <= CalendarDay.adding(days, to: today) ?? today }
        let isConcerned =
            switch self {
            case .calibrationOverdue: due < today
            case .calibrationDue: due >= today && isWithin(Attention.calibrationDaysAhead)
            case .calibrationTooLate: days.map { !isWithin($0) } == true
            default: false
            }
        return isConcerned ? Subject(name: sensor.id, detail: due) : nil
    }

    /// Those who may release and have no login, where nobody else may; or that there is nobody.
    private func withoutRelease(_ site: Site) -> [Subject] {
        let people = site.people.filter { $0.powers.contains(.release) }
        if people.isEmpty { return [Subject(name: "people", detail: "none has the power")] }
        guard people.allSatisfy({ $0.login == nil }) else { return [] }
        return people.map { Subject(name: $0.name, detail: "no login") }
    }

    private func ending(_ site: Site, today: String) -> [Subject] {
        let last = CalendarDay.adding(Attention.acceptanceDaysAhead, to: today) ?? today
        return Coverage(of: site, today: today).gaps.compactMap { gap in
            guard case .accepted(let acceptance) = gap.standing, acceptance.until <= last else {
                return nil
            }
            return Subject(
                name: gap.place.id, detail: "\(gap.requirement.id) until \(acceptance.until)")
        }
    }

    private func tooShort(_ site: Site) -> [Subject] {
        guard site.gasClass == .outburst, let needed = SensorType.highLow.methaneRange else {
            return []
        }
        let working = Set(site.places.filter { $0.kind.isWorking }.map(\.id))
        return site.sensors
            .filter {
                $0.quantity == .methane && working.contains($0.place)
                    && $0.range.upperBound < needed.upperBound
            }
            .map { Subject(name: $0.id, detail: spoken($0.range)) }
    }
}

extension Attention.Subject {
    fileprivate init(name: String) { self.init(name: name, detail: nil) }
}

extension PlaceKind {
    /// Whether coal is won or a roadway driven there.
    fileprivate var isWorking: Bool { self == .longwall || self == .heading }
}
