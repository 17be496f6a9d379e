import GasModel

/// Reads the tree of a site file; each part of it has its own reader.
///
/// A new key is one line in the block that it belongs to, and one in `Deploy/samples/README.md`.
struct SiteReader {
    private let problems: ProblemList
    private let tables: [LimitTable]
    private let policies: [ProvincePolicy]
    private let checkSecret: SecretCheck

    init(
        _ problems: ProblemList, tables: [LimitTable], policies: [ProvincePolicy],
        checkSecret: @escaping SecretCheck = { _ in nil }
    ) {
        self.problems = problems
        self.tables = tables
        self.policies = policies
        self.checkSecret = checkSecret
    }

    /// The site that the tree describes, whole only when no problem was added.
    func site(_ root: Item, fingerprint: String) -> Site? {
        guard var file = Block(root, title: "the site file", problems: problems) else { return nil }
        let mine = MineReader(problems, tables: tables, policies: policies).facts(&file)
        let people = PeopleReader(problems)
        let peopleItems = file.list("people", isRequired: false)
        let districtItems = file.list("districts", isRequired: false)
        let placeItems = file.list("places")
        let sensorItems = file.list("sensors")
        let gapItems = file.list("accepted-gaps", isRequired: false)
        let goneItems = file.list("decommissioned", isRequired: false)
        let retention = RetentionReader(problems).retention(&file)
        let groundItems = file.list("grounds", isRequired: false)
        let grounds = GroundReader(problems, under: mine.source)
        let knownGrounds = grounds.grounds(groundItems ?? [])
        let timing = grounds.timing(&file)
        let outletItems = file.list("delivery", isRequired: false)
        file.refuseUnknownKeys()

        let persons = people.people(peopleItems ?? [])
        var places = PlaceReader(problems)
        let districts = places.districts(districtItems ?? [])
        let knownPlaces = places.places(placeItems ?? [])
        var sensors = SensorReader(problems, mine, places)
        let knownSensors = sensors.sensors(sensorItems ?? [])
        if sensorItems != nil {
            places.refuseUnguarded(sensors.guardedPlaces)
            places.refuseFalseProduction(sensors.facts, sensors.codes)
            places.refuseUntoldDrainage(sensors.facts, ofMine: mine.drainage)
        }
        let gaps = people.acceptedGaps(gapItems ?? [], mine, places)
        let gone = people.decommissioned(goneItems ?? [], sensors.codes)
        let outlets = DeliveryReader(problems, checkSecret).outlets(outletItems ?? [])

        guard let code = mine.code, let name = mine.name else { return nil }
        var table: LimitTable?
        if case .table(let known) = mine.source { table = known }
        var site = Site(
            mine: code, name: name, gasClass: mine.gasClass, outputTonnes: mine.outputTonnes,
            table: table, policy: mine.policy, districts: districts, places: knownPlaces,
            sensors: knownSensors, people: persons, acceptedGaps: gaps, decommissioned: gone,
            fingerprint: fingerprint)
        site.retention = retention
        site.language = mine.language
        site.needsDrainage = mine.drainage != nil
        site.grounds = knownGrounds
        site.timing = timing
        site.delivery = outlets
        return site
    }
}
