internal import GasModel

/// Who can speak for or against a methane sensor: the others of its place, and those next in the
/// way of the air.
struct Vicinity: Sendable, Equatable {
    /// Up to four methane sensors, those of the same place first; -1 where there is none. More are
    /// not asked, so that the work of a reading has a bound.
    var neighbours = SIMD4<Int32>(repeating: -1)
    /// How many of `neighbours`, from the first, hang in the same place.
    var near = 0
    /// The neighbour that ratios are taken against, in its place if possible and never an intake.
    var partner: Int32 = -1
    /// The sensor in the intake of the place.
    var intake: Int32 = -1
    /// For a sensor in the corner (T0): the one in the return (T2) of the place.
    var airReturn: Int32 = -1
    /// The air velocity of the place.
    var air: Int32 = -1
    /// What tells whether work goes on in the place.
    var work = SIMD4<Int32>(repeating: -1)
    /// Whether the sensor itself hangs in an intake: it may show nothing at all.
    var isIntake = false

    /// The roles of sensors in fresh air.
    static let intakeRoles: [SensorRole] = ["T3", "T4"].map { SensorRole(rawValue: $0) }

    /// The surroundings of each sensor of `roster`. **Cost:** for a start or a change of the site.
    static func all(of roster: SensorRoster) -> [Vicinity] {
        let layout = SiteLayout(roster)
        return roster.sensors.indices.map { index in
            guard let room = layout.room(of: UInt32(index)), let sensor = roster.sensors[index],
                sensor.quantity == .methane
            else { return Vicinity() }
            let around = (room.upstream + room.downstream).sorted()
            return Vicinity(
                of: index, in: room, around: around.map { layout.rooms[$0] }, roster.sensors)
        }
    }

    /// No surroundings.
    init() {}

    private init(
        of index: Int, in room: SiteLayout.Room, around: [SiteLayout.Room], _ sensors: [Sensor?]
    ) {
        func isMethane(_ other: UInt32) -> Bool {
            Int(other) != index && sensors[Int(other)]?.quantity == .methane
        }
        func role(_ other: UInt32) -> SensorRole? { sensors[Int(other)]?.role }
        func isIntake(_ other: UInt32) -> Bool {
            Self.intakeRoles.contains { $0 == role(other) }
        }
        let same = room.sensors.filter(isMethane)
        let outside = around.flatMap(\.sensors).filter(isMethane)
        self.isIntake = isIntake(UInt32(index))
        // Fresh air does not follow what happens at the face.
        if self.isIntake { return }
        let witnesses = (same + outside).filter { !isIntake($0) }
        near = min(same.count { !isIntake($0) }, 4)
        for (place, other) in witnesses.prefix(4).enumerated() { neighbours[place] = Int32(other) }
        partner = neighbours[0]
        intake = same.first(where: isIntake).map { Int32($0) } ?? -1
        if role(UInt32(index)) == SensorRole(rawValue: "T0") {
            let back = same.first { role($0) == SensorRole(rawValue: "T2") }
            airReturn = back.map { Int32($0) } ?? -1
        }
        let velocity = room.sensors.first { sensors[Int($0)]?.quantity == .airVelocity }
        air = velocity.map { Int32($0) } ?? -1
        for (place, other) in room.production.prefix(4).enumerated() { work[place] = Int32(other) }
    }
}
