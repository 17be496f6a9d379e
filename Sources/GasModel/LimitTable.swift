/// How sure it is that a row says what the law says.
package enum Verification: String, Sendable, CaseIterable {
    /// Read in the instrument itself, or in an official copy of it.
    case yes
    /// Read in somebody's copy or summary.
    case secondary
    /// From memory: nobody has checked it. Never to be shown without saying so.
    case no

    /// The remark in a word or two, for a table or a line; empty for what was checked.
    package var mark: String {
        switch self {
        case .yes: ""
        case .secondary: "secondary copy"
        case .no: "NOT VERIFIED"
        }
    }

    /// What stands beside every figure that rests on it; empty for what was checked.
    package var remark: String {
        switch self {
        case .yes: ""
        case .secondary: "read in a secondary copy, not in the instrument"
        case .no: "NOT VERIFIED: from memory, to be checked against the instrument"
        }
    }
}

/// What a limit or a duty rests on.
package struct LegalBasis: Sendable, Equatable {
    /// The act, regulation or standard.
    package var instrument: String
    /// Its edition: article numbers move between editions.
    package var edition: String
    /// Article, section or row of a table in it.
    package var article: String
    /// Whether anybody has read it there.
    package var verified: Verification

    /// A basis with all its parts.
    package init(instrument: String, edition: String, article: String, verified: Verification) {
        self.instrument = instrument
        self.edition = edition
        self.article = article
        self.verified = verified
    }
}

/// The kind of a place, by which law and coverage tell places apart.
package enum PlaceKind: String, Sendable, CaseIterable {
    /// A longwall face with its roadways.
    case longwall
    /// A heading: a roadway while it is driven.
    case heading
    /// Return of a district or panel group.
    case districtReturn = "district-return"
    /// Return of a wing, or of the whole mine.
    case mainReturn = "main-return"
    /// Intake air of a district or of the mine.
    case intake
    /// Electrical chamber, substation, pump house, refuge.
    case chamber
    /// Coal bunker below ground.
    case bunker
    /// Haulage road.
    case haulage
    /// Pump station of the gas drainage.
    case drainageStation = "drainage-station"
    /// Building or gallery at the surface that coal passes.
    case surface
    /// Anything else.
    case other
}

/// How much gas a mine has to reckon with, in the classes of Chinese law.
package enum GasClass: String, Sendable, CaseIterable {
    /// Low-gas mine.
    case low
    /// High-gas mine.
    case high
    /// Coal and gas outburst mine.
    case outburst
}

/// A value beyond the cut from which on the same over-limit counts as graver.
package struct LimitStep: Sendable, Equatable {
    /// From here on.
    package var at: Limit
    /// What people then have to do.
    package var duty: String
    /// What it rests on, where that is not what its row rests on.
    package var basis: LegalBasis?

    /// A step with its duty, and with a basis where it has one of its own.
    package init(at: Limit, duty: String, basis: LegalBasis? = nil) {
        self.at = at
        self.duty = duty
        self.basis = basis
    }
}

/// One row of a limit table: which sensor of which place is judged by what, and why.
package struct LimitRow: Sendable, Equatable {
    /// Unique in the table: how problems, overrides and advisories name the row.
    package var id: String
    /// The sensor's role in its place, such as `T1`.
    package var role: SensorRole
    /// What the role watches, for a person.
    package var title: String
    /// The kinds of place that it holds for.
    package var places: [PlaceKind]
    /// The gas classes that it holds for; empty: whatever the class.
    package var gasClasses: [GasClass]
    /// `nil` where the law knows no alarm of its own.
    package var alarm: Limit?
    /// `nil` where the law knows no cut.
    package var cut: Limit?
    /// Strictly below; `nil` where the law names no value for re-power.
    package var repower: Double?
    /// Graver steps, rising.
    package var steps: [LimitStep]
    /// What the cut switches off.
    package var scope: String
    /// What people have to do.
    package var duty: String
    /// What it rests on.
    package var basis: LegalBasis
    /// The entries of the collection of sources that its figures were taken from, word for word, so
    /// that a script can hold one against the other.
    package var domain: [String]

    /// A row with all its parts.
    package init(
        id: String, role: SensorRole, title: String, places: [PlaceKind], gasClasses: [GasClass],
        alarm: Limit?, cut: Limit?, repower: Double?, steps: [LimitStep], scope: String,
        duty: String, basis: LegalBasis, domain: [String] = []
    ) {
        self.id = id
        self.role = role
        self.title = title
        self.places = places
        self.gasClasses = gasClasses
        self.alarm = alarm
        self.cut = cut
        self.repower = repower
        self.steps = steps
        self.scope = scope
        self.duty = duty
        self.basis = basis
        self.domain = domain
    }

    /// Whether it holds for a sensor of that role in such a place of such a mine.
    package func holds(role: SensorRole, in kind: PlaceKind, of gasClass: GasClass?) -> Bool {
        self.role == role && places.contains(kind)
            && (gasClasses.isEmpty || gasClass.map(gasClasses.contains) == true)
    }

    /// The limits that a sensor is judged by when the site says nothing stricter.
    ///
    /// **Errors:** the row contradicts itself.
    package func limits() throws(GasLimits.Flaw) -> GasLimits {
        let (alarm, cut, repower) = figures()
        return try GasLimits(alarm: alarm, cut: cut, repower: repower)
    }

    /// The figures of the row, in place of each the one that a site states.
    ///
    /// Where the law knows no alarm, the cut is one; where it names no re-power, it is the lowest
    /// of what stands.
    package func figures(
        alarm: Limit? = nil, cut: Limit? = nil, repower: Double? = nil
    ) -> (alarm: Limit, cut: Limit?, repower: Double) {
        let cut = cut ?? self.cut
        let alarm = alarm ?? self.alarm ?? cut ?? Limit(.nan)
        let lowest = min(alarm.value, cut?.value ?? alarm.value)
        return (alarm, cut, repower ?? self.repower ?? lowest)
    }
}

/// A sensor that the law asks for.
package struct SensorRequirement: Sendable, Equatable {
    /// Unique in the table: how an accepted gap names it.
    package var id: String
    /// What must be measured.
    package var quantity: Quantity
    /// In which role; `nil`: any sensor of that quantity will do.
    package var role: SensorRole?
    /// The kinds of place that need it.
    package var places: [PlaceKind]
    /// The gas classes that need it; empty: whatever the class.
    package var gasClasses: [GasClass]
    /// Only where the place is ventilated by the air of another one.
    package var onlyInSeries: Bool
    /// What it is for, for a person.
    package var title: String
    /// What it rests on.
    package var basis: LegalBasis

    /// A requirement with all its parts.
    package init(
        id: String, quantity: Quantity, role: SensorRole?, places: [PlaceKind],
        gasClasses: [GasClass], onlyInSeries: Bool, title: String, basis: LegalBasis
    ) {
        self.id = id
        self.quantity = quantity
        self.role = role
        self.places = places
        self.gasClasses = gasClasses
        self.onlyInSeries = onlyInSeries
        self.title = title
        self.basis = basis
    }
}

/// The limits of one jurisdiction in one edition of its law.
package struct LimitTable: Sendable, Equatable {
    /// How a site file names it, such as `cn-2025`.
    package var name: String
    /// The country or state.
    package var jurisdiction: String
    /// The edition of the law.
    package var edition: String
    /// Title, for a person.
    package var title: String
    /// SHA-256 of the file that it came from, in hexadecimal.
    package var fingerprint: String
    /// Its rows; no two hold for the same sensor.
    package var rows: [LimitRow]
    /// The sensors that it asks for.
    package var requirements: [SensorRequirement]

    /// A table with all its parts.
    package init(
        name: String, jurisdiction: String, edition: String, title: String, fingerprint: String,
        rows: [LimitRow], requirements: [SensorRequirement]
    ) {
        self.name = name
        self.jurisdiction = jurisdiction
        self.edition = edition
        self.title = title
        self.fingerprint = fingerprint
        self.rows = rows
        self.requirements = requirements
    }

    /// The row for a sensor of that role in such a place of such a mine; `nil` when there is none.
    package func row(role: SensorRole, in kind: PlaceKind, of gasClass: GasClass?) -> LimitRow? {
        rows.first { $0.holds(role: role, in: kind, of: gasClass) }
    }
}

/// What a province asks of its mines beyond the limits of the law.
package struct ProvincePolicy: Sendable, Equatable {
    /// How a site file names it, such as `guizhou-2019`.
    package var name: String
    /// Title, for a person.
    package var title: String
    /// The least licensed output, in tonnes a year, that a mine must have to produce at all; `nil`
    /// where there is none.
    package var outputTonnesMin: Double?
    /// Days of halt for the first, second, ... over-limit that inadequate gas control caused within
    /// one cycle; the last holds for all further ones.
    package var haltDays: [Int]
    /// Length of that cycle, in months.
    package var cycleMonths: Int
    /// Longest time between two calibrations of a sensor, in days; `nil` where there is none.
    package var calibrationDays: Int?
    /// What each of them rests on.
    package var outputBasis: LegalBasis
    /// What the cumulative halts rest on.
    package var haltBasis: LegalBasis
    /// What the calibration interval rests on.
    package var calibrationBasis: LegalBasis
    /// SHA-256 of the file that it came from, in hexadecimal.
    package var fingerprint: String

    /// A policy with all its parts.
    package init(
        name: String, title: String, outputTonnesMin: Double?, outputBasis: LegalBasis,
        haltDays: [Int], cycleMonths: Int, haltBasis: LegalBasis, calibrationDays: Int?,
        calibrationBasis: LegalBasis, fingerprint: String
    ) {
        self.name = name
        self.title = title
        self.outputTonnesMin = outputTonnesMin
        self.outputBasis = outputBasis
        self.haltDays = haltDays
        self.cycleMonths = cycleMonths
        self.haltBasis = haltBasis
        self.calibrationDays = calibrationDays
        self.calibrationBasis = calibrationBasis
        self.fingerprint = fingerprint
    }
}
