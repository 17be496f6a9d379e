import GasModel
import HaltAdvisory
import ReadingRecord
import Support
import Testing

/// The answer to "were you blind?".
@Suite("Gap report")
struct GapReportTests {
    private static func entry(
        _ kind: GapEntry.Kind, _ from: Double, _ to: Double? = nil,
        _ change: (inout GapEntry) -> Void = { _ in }
    ) -> GapEntry {
        var entry = GapEntry(kind, from: .at(from), to: .at(to ?? from))
        change(&entry)
        return entry
    }

    private static func firstStart(_ second: Double) -> GapEntry {
        entry(.start, second, second) {
            $0.places = ["P1", "P2"]
            $0.why = "the first start of this ledger"
        }
    }

    private static func report(
        _ entries: [GapEntry], silences: [BlindSpan] = [], seen: Double = 36_000,
        until: Double = 36_000, shift: String = "8h", sensor: String? = nil
    ) throws -> GapReport {
        let history = GapHistory(
            entries: entries, silences: silences, seen: .at(seen), until: .at(until))
        let shifts = try #require(ShiftPlan(shift))
        return GapReport(
            history,
            GapReport.Question(since: .at(0), until: .at(until), shifts: shifts, sensor: sensor)
        ) { _ in 0 }
    }

    @Test("a quiet day: all was seen, in every shift and place, and nothing was missed")
    func quiet() throws {
        // The test begins at 18:00: shifts from 00:00 and 08:00 are cut out of ten hours.
        let report = try Self.report([Self.firstStart(0), Self.entry(.linkUp, 0)])
        #expect(report.rows.map(\.place) == ["P1", "P2", "P1", "P2"])
        #expect(report.rows.map(\.seen) == [21_600, 21_600, 14_400, 14_400])
        #expect(report.rows.allSatisfy { $0.blind == 0 && $0.causes.isEmpty })
        #expect(!report.hasMissed)
    }

    @Test("a sensor that was flapping was not seen whole, though no silence was told by itself")
    func flapping() throws {
        var book = AdvisoryBook(site: Heading.site, sensors: Heading.sensors, ring: 7)
        let told = [
            (Rule.flapping, Finding.Change.began, 100.0), (.silence, .began, 200),
            (.silence, .ended, 260), (.flapping, .ended, 900),
        ].enumerated().compactMap { number, step in
            book.take(
                Finding(
                    step.0, step.1, of: .sensor(Heading.face), eventTime: .at(step.2),
                    arrivalTime: .at(step.2), position: UInt64(number)))
        }
        #expect(told.count == 4)
        let spans = GapHistory.silences(told, until: .at(1000))
        #expect(spans.map { $0.to.seconds(since: $0.from) } == [60, 800])
        let entries = [Self.firstStart(0), Self.entry(.linkUp, 0)]
        let report = try Self.report(entries, silences: spans)
        #expect(report.rows.first { $0.place == "H101" }?.causes == ["sensor": 800])
    }

    @Test("link, daemon and a silent sensor overlap: each has its seconds, blind is their union")
    func union() throws {
        let silence = BlindSpan(
            cause: .sensor, from: .at(1080), to: .at(1300), places: ["P1"], subject: "S1")
        let report = try Self.report(
            [
                Self.firstStart(0), Self.entry(.linkUp, 10), Self.entry(.linkDown, 1000),
                Self.entry(.linkUp, 1100), Self.entry(.start, 2000, 2050),
                Self.entry(.stall, 1999, 2051) { $0.seconds = 52 }, Self.entry(.linkUp, 2060),
                Self.entry(.stall, 3000, 3007) { $0.seconds = 7 },
            ], silences: [silence])
        let (first, second) = (report.rows[0], report.rows[1])
        #expect(first.causes == ["link": 120, "down": 50, "stall": 7, "sensor": 220])
        #expect(first.blind == 10 + 300 + 60 + 7)
        #expect(second.causes == ["link": 120, "down": 50, "stall": 7])
        #expect(report.hasMissed)
        #expect(report.rows[2].blind == 0)
    }

    @Test("a daemon that ended is down until now, one that was killed since it looked last")
    func ended() throws {
        let begun = [Self.firstStart(0), Self.entry(.linkUp, 0)]
        let stopped = try Self.report(
            begun + [Self.entry(.stop, 600)], seen: 600, until: 700, shift: "24h")
        #expect(stopped.rows[0].causes == ["down": 100])
        let killed = try Self.report(begun, seen: 500, until: 700, shift: "24h")
        #expect(killed.rows[0].causes == ["down": 200])
        let running = try Self.report(begun, seen: 690, until: 700, shift: "24h")
        #expect(running.rows[0].causes.isEmpty)
    }

    @Test("numbers go to the shift in which they were told, and name the worst sensor")
    func numbers() throws {
        func counts(_ missing: UInt64, _ filled: UInt64) -> GapEntry.Counts {
            var counts = GapEntry.Counts()
            (counts.missing, counts.filled) = (missing, filled)
            (counts.duplicates, counts.reordered, counts.skipped) = (1, 2, 3)
            return counts
        }
        func numbers(_ sensor: String, _ at: Double, _ counts: GapEntry.Counts) -> GapEntry {
            Self.entry(.numbers, at) {
                ($0.sensor, $0.place, $0.counts) = (sensor, "P1", counts)
            }
        }
        let entries = [
            Self.firstStart(0), Self.entry(.linkUp, 0), numbers("S1", 100, counts(5, 0)),
            numbers("S2", 200, counts(7, 2)), numbers("S1", 30_000, counts(1, 1)),
        ]
        let report = try Self.report(entries)
        #expect(report.rows[0].missing == 12 && report.rows[0].late == 2)
        #expect(report.rows[0].worst == "S2")
        #expect(report.rows[0].unproven == 6 && report.rows[0].duplicates == 2)
        #expect(report.rows[2].missing == 1 && report.rows[2].worst == "S1")
        #expect(report.rows[1].missing == 0)
        let one = try Self.report(entries, sensor: "S1")
        #expect(one.rows.map(\.place) == ["P1", "P1"])
        #expect(one.rows.map(\.missing) == [5, 1])
    }

    @Test("what is no place's stands in its shift: losses, refusals, a full ring, clocks")
    func shifts() throws {
        let report = try Self.report([
            Self.firstStart(0), Self.entry(.linkUp, 0), Self.entry(.loss, 10, 20),
            Self.entry(.refused, 30, 90) { $0.reasons = ["no JSON": 3] },
            Self.entry(.overload, 30, 90) { $0.seconds = 4.5 },
            Self.entry(.clockStep, 100) { $0.seconds = -30 },
            Self.entry(.unrecorded, 30_000) { $0.count = 9 },
        ])
        #expect(report.shifts.map(\.losses) == [1, 0])
        #expect(report.shifts[0].refused == ["no JSON": 3])
        #expect(report.shifts[0].overload == 4.5)
        #expect(report.shifts[0].clockSteps == [-30])
        #expect(report.shifts.map(\.unrecorded) == [0, 9])
        #expect(report.hasMissed)
    }

    @Test("shifts begin by the civil clock of the place, the first and the last are cut")
    func plan() throws {
        let plan = try #require(ShiftPlan("06:00,14:00,22:00"))
        // 18:00 UTC is 02:00 in the morning, eight hours further east.
        let stretches = plan.stretches(from: .at(0), to: .at(86_400)) { _ in 8 * 3600 }
        #expect(stretches.map { $0.to.seconds(since: $0.from) / 3600 } == [4, 8, 8, 4])
        for text in ["", "7h", "0h", "25h", "6:00", "06:00,05:00", "06:00,06:00", "24:00", "x"] {
            #expect(ShiftPlan(text) == nil, "\(text)")
        }
    }
}
