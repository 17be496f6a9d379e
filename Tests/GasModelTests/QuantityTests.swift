import GasModel
import Testing

@Suite("Quantity")
struct QuantityTests {
    static func unit(_ name: String, of quantity: Quantity) throws -> MeasuringUnit {
        try #require(quantity.definition.units.first { $0.name == name })
    }

    @Test("has a unit of its own, which changes nothing", arguments: Quantity.allCases)
    func own(_ quantity: Quantity) throws {
        let definition = quantity.definition
        let own = try #require(definition.units.first)
        #expect(own.name == definition.unit)
        #expect(own.parameters.isEmpty)
        let conversion = try #require(own.conversion([:]))
        for value in [definition.possible.lowerBound, 0.1, definition.possible.upperBound] {
            #expect(conversion(value) == value)
        }
        #expect(Set(definition.units.map(\.name)).count == definition.units.count)
        #expect((definition.states == nil) == (definition.possible != 0...1))
    }

    @Test("methane in %LEL means what the stated LEL says, and meets a limit exactly")
    func explosiveLimit() throws {
        let unit = try Self.unit("%LEL", of: .methane)
        #expect(unit.parameters == [.explosiveLimit])
        #expect(unit.conversion([:]) == nil, "without a stated LEL the number means nothing")
        #expect(unit.conversion([.explosiveLimit: 5.0])?(20) == 1.0)
        #expect(unit.conversion([.explosiveLimit: 5.0])?(30) == 1.5)
        #expect(unit.conversion([.explosiveLimit: 4.4])?(25) == 1.1)
    }

    @Test(
        "methane in ppm meets a limit exactly",
        arguments: [(10_000, 1.0), (15_000, 1.5), (5000, 0.5)])
    func partsPerMillion(ppm: Double, percent: Double) throws {
        let conversion = try #require(try Self.unit("ppm", of: .methane).conversion([:]))
        #expect(conversion(ppm) == percent)
    }

    /// The molar volume of an ideal gas at 0 °C and 101.325 kPa is 22.41396954 l/mol (CODATA 2018).
    @Test("a mass concentration follows the ideal gas law at the stated conditions")
    func milligrams() throws {
        let unit = try Self.unit("mg/m3", of: .methane)
        let normal = try #require(unit.conversion([.temperature: 0, .pressure: 101.325]))
        let milligrams = 16.0425 / 22.41396954e-3 * 1000 * 0.01
        #expect(abs(normal(milligrams) - 1.0) < 1e-8)
        let warm = try #require(unit.conversion([.temperature: 27.315, .pressure: 101.325]))
        #expect(abs(warm(milligrams) - 1.1) < 1e-8, "a tenth warmer, a tenth thinner")
        #expect(unit.conversion([.temperature: 20]) == nil)
        let monoxide = try #require(
            try Self.unit("mg/m3", of: .carbonMonoxide)
                .conversion([.temperature: 0, .pressure: 101.325]))
        #expect(abs(monoxide(28.0101 / 22.41396954) - 1) < 1e-8)
    }

    @Test("other units come to the quantity's own")
    func others() throws {
        #expect(try Self.unit("kPa", of: .barometricPressure).conversion([:])?(101.3) == 1013)
        #expect(try Self.unit("m/min", of: .airVelocity).conversion([:])?(90) == 1.5)
        #expect(try Self.unit("K", of: .temperature).conversion([:])?(273.15) == 0)
        #expect(try Self.unit("%CO", of: .carbonMonoxide).conversion([:])?(0.25) == 2500)
    }

    /// By the last bit too little, and a limit that is reached on paper is missed.
    @Test(
        "every figure that is exact on paper is exact behind the door",
        arguments: [
            ("%CO", Quantity.carbonMonoxide, [:], 0.0001, 1.0),
            ("ppm", .methane, [:], 100, 0.01),
            ("%LEL", .methane, [.explosiveLimit: 4.1], 10, 0.41),
            ("%LEL", .methane, [.explosiveLimit: 4.4], 0.25, 0.011),
            ("kPa", .barometricPressure, [:], 0.01, 0.1),
            ("Pa", .drainagePressure, [:], -1, -0.001),
        ] as [(String, Quantity, [MeasuringUnit.Parameter: Double], Double, Double)])
    func exact(
        name: String, quantity: Quantity, stated: [MeasuringUnit.Parameter: Double],
        step: Double, own: Double
    ) throws {
        let conversion = try #require(try Self.unit(name, of: quantity).conversion(stated))
        // A division by a power of ten is what a reader of decimals does: it is the nearest number.
        func times(_ count: Int, _ step: Double) -> Double {
            (Double(count) * (step * 10_000).rounded()) / 10_000
        }
        let missed = (1...9999).filter { conversion(times($0, step)) != times($0, own) }
        #expect(missed == [])
    }

    @Test("kelvins come to whole tenths of a degree, and a zero has no minus")
    func kelvins() throws {
        let conversion = try #require(try Self.unit("K", of: .temperature).conversion([:]))
        let missed = (0...1000).filter {
            conversion(Double($0 * 10 + 27_315) / 100) != Double($0) / 10
        }
        #expect(missed == [])
        #expect(conversion(273.15 - 1e-12).sign == .plus)
    }

    @Test("a state is 1 from the stated value upwards, and nothing between 0 and 1")
    func states() throws {
        let current = try Self.unit("A", of: .production)
        let conversion = try #require(current.conversion([.onAt: 40]))
        #expect([0, 39.9, 40, 400].map { conversion($0) } == [0, 0, 1, 1])
        #expect(conversion(.nan) == 0)
    }
}

@Suite("Limit")
struct LimitTests {
    @Test("is reached at its value, or only beyond it, to the last bit")
    func reached() {
        #expect(Limit(0.25).reachedAt == 0.25)
        #expect(Limit(0.25, beyond: true).reachedAt == 0.25.nextUp)
        #expect(Limit(1).comparison == ">=")
        #expect(Limit(1, beyond: true).comparison == ">")
    }

    @Test("an alarm beyond a value may share it with a cut beyond it, and not with one at it")
    func order() throws {
        let beyond = Limit(1, beyond: true)
        #expect(throws: Never.self) { try GasLimits(alarm: beyond, cut: beyond, repower: 1) }
        #expect(throws: GasLimits.Flaw.alarmAboveCut) {
            try GasLimits(alarm: beyond, cut: Limit(1), repower: 1)
        }
    }
}

@Suite("LimitRow")
struct LimitRowTests {
    static func row(alarm: Limit?, cut: Limit?, repower: Double?) -> LimitRow {
        LimitRow(
            id: "a", role: SensorRole(rawValue: "T1"), title: "", places: [.heading],
            gasClasses: [.high, .outburst], alarm: alarm, cut: cut, repower: repower, steps: [],
            scope: "", duty: "",
            basis: LegalBasis(instrument: "", edition: "", article: "", verified: .no))
    }

    @Test("holds for its role, its places and its gas classes only")
    func holds() {
        let row = Self.row(alarm: Limit(1), cut: nil, repower: nil)
        let face = SensorRole(rawValue: "T1")
        #expect(row.holds(role: face, in: .heading, of: .high))
        #expect(!row.holds(role: face, in: .heading, of: .low))
        #expect(!row.holds(role: face, in: .heading, of: nil), "an unknown class is no class")
        #expect(!row.holds(role: face, in: .longwall, of: .high))
        #expect(!row.holds(role: SensorRole(rawValue: "T2"), in: .heading, of: .high))
    }

    @Test("fills in what the law does not name, on the side of caution")
    func limits() throws {
        let noAlarm = try Self.row(alarm: nil, cut: Limit(2, beyond: true), repower: nil).limits()
        #expect(noAlarm.alarm == Limit(2, beyond: true))
        #expect(noAlarm.repower == 2)
        let noCut = try Self.row(alarm: Limit(0.75), cut: nil, repower: nil).limits()
        #expect(noCut.cut == nil)
        #expect(noCut.repower == 0.75)
        let both = try Self.row(alarm: Limit(0.5), cut: Limit(1.5), repower: nil).limits()
        #expect(both.repower == 0.5)
        #expect(throws: GasLimits.Flaw.self) {
            try Self.row(alarm: nil, cut: nil, repower: nil).limits()
        }
    }
}
