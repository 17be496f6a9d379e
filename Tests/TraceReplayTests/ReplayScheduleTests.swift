import GasModel
import Testing
import TraceReplay

@Suite("Replay schedule")
struct ReplayScheduleTests {
    private let start = Timestamp(milliseconds: 1_800_000_000_000)

    /// Slots of rows whose times in the trace are so many seconds after its first.
    private func slots(
        _ seconds: [Int64], _ speed: ReplaySchedule.Speed, _ stamps: ReplaySchedule.Stamps
    ) -> [ReplaySchedule.Slot] {
        var schedule = ReplaySchedule(speed: speed, stamps: stamps, start: start)
        return seconds.map { schedule.slot(forRowAt: time($0)) }
    }

    private func time(_ seconds: Int64) -> Timestamp {
        Timestamp(milliseconds: 978_307_200_000 + seconds * 1000)
    }

    @Test("at speed 1 the trace's own spacing is kept, from the start of the replay")
    func realTime() {
        let found = slots([0, 1, 1, 3], .times(1), .rebased)
        #expect(found.map(\.due) == [.zero, .seconds(1), .seconds(1), .seconds(3)])
        #expect(found[3].stamp == start.advanced(byNanoseconds: 3_000_000_000))
    }

    @Test("at another speed rows are due, and stamped, at their spacing divided by it")
    func fasterAndSlower() {
        let fast = slots([0, 60, 90], .times(30), .rebased)
        #expect(fast.map(\.due) == [.zero, .seconds(2), .seconds(3)])
        #expect(fast[2].stamp == start.advanced(byNanoseconds: 3_000_000_000))
        #expect(slots([0, 1], .times(0.5), .rebased)[1].due == .seconds(2))
    }

    @Test("kept stamps are the trace's, whatever the speed")
    func keptStamps() {
        for speed in [ReplaySchedule.Speed.times(1), .times(1000), .max] {
            #expect(slots([0, 5, 2], speed, .kept).map(\.stamp) == [time(0), time(5), time(2)])
        }
    }

    @Test("at full speed every row is due at once, and stamped when it is sent")
    func fullSpeed() {
        let found = slots([0, 3600, 7200], .max, .rebased)
        #expect(found.allSatisfy { $0.due == .zero && $0.stamp == nil })
    }

    @Test("a row out of order is sent in file order and keeps its lateness")
    func outOfOrder() {
        let found = slots([10, 30, 20, 0, 40], .times(10), .rebased)
        #expect(
            found.map(\.due)
                == [.zero, .seconds(2), .seconds(2), .seconds(2), .seconds(3)])
        #expect(found[2].stamp == start.advanced(byNanoseconds: 1_000_000_000))
        #expect(found[3].stamp == start.advanced(byNanoseconds: -1_000_000_000))
    }

    @Test(
        "no row is due before the one above, and no stamp lies after its sending",
        arguments: [0.1, 0.3, 1, 7, 60, 999.9, 1_000_000])
    func promises(speed: Double) {
        var schedule = ReplaySchedule(speed: .times(speed), stamps: .rebased, start: start)
        var clock: Int64 = 978_307_200_000_000_000
        var state: UInt64 = 42
        var previous = Duration.zero
        for row in 0..<10_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            clock += Int64(state >> 33) - 500_000_000
            let slot = schedule.slot(forRowAt: Timestamp(nanoseconds: clock))
            let sent = start.nanoseconds + slot.due.nanoseconds
            guard slot.due >= previous, let stamp = slot.stamp, stamp.nanoseconds <= sent else {
                Issue.record("row \(row) at speed \(speed): \(slot)")
                return
            }
            previous = slot.due
        }
    }

    @Test("times at both ends of what a trace may hold do not overflow, even slowed down")
    func extremes() {
        var schedule = ReplaySchedule(speed: .times(0.1), stamps: .rebased, start: start)
        _ = schedule.slot(forRowAt: Timestamp(milliseconds: 946_684_800_000))
        let late = schedule.slot(forRowAt: Timestamp(milliseconds: 4_133_980_799_999))
        #expect(late.due > .seconds(4_000_000_000))
    }

    @Test(
        "reads the option --speed",
        arguments: [
            ("max", .max), ("1", .times(1)), ("0.1", .times(0.1)), ("60", .times(60)),
            ("1000000", .times(1_000_000)), ("0.09", nil), ("1000001", nil), ("0", nil),
            ("-1", nil),
            ("nan", nil), ("inf", nil), ("", nil), ("fast", nil), ("10x", nil), ("MAX", nil),
        ] as [(String, ReplaySchedule.Speed?)])
    func option(text: String, speed: ReplaySchedule.Speed?) {
        #expect(ReplaySchedule.Speed(text) == speed)
    }
}

extension Duration {
    fileprivate var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
