import GasModel
import HaltAdvisory
import Support
import Testing

@Suite("AlarmLoad")
struct AlarmLoadTests {
    @Test("ten alarms in ten minutes are no flood, eleven are, from that one on")
    func begins() {
        var load = AlarmLoad()
        func take(_ second: Double) -> Bool { load.take(at: .at(second)) }
        func pass(_ second: Double) -> Bool { load.pass(to: .at(second)) }
        for second in 0..<10 { #expect(!take(Double(second))) }
        #expect(!load.isFlood)
        #expect(take(599))
        #expect(load.isFlood && load.count == 11 && load.peak == 11)
        #expect(!take(599), "it begins once")
    }

    @Test("an alarm of ten minutes ago no longer counts, one of a second less does")
    func window() {
        var load = AlarmLoad()
        func take(_ second: Double) -> Bool { load.take(at: .at(second)) }
        func pass(_ second: Double) -> Bool { load.pass(to: .at(second)) }
        for _ in 0..<10 { _ = take(0) }
        #expect(take(599))
        var other = AlarmLoad()
        for _ in 0..<10 { _ = other.take(at: .at(0)) }
        let begins = other.take(at: .at(600))
        #expect(!begins && other.count == 1)
    }

    @Test("a flood goes on with five in ten minutes and ends with four")
    func ends() {
        var load = AlarmLoad()
        func take(_ second: Double) -> Bool { load.take(at: .at(second)) }
        func pass(_ second: Double) -> Bool { load.pass(to: .at(second)) }
        for second in [0, 0, 0, 0, 0, 0, 0, 100, 200, 300, 400] {
            _ = take(Double(second))
        }
        #expect(load.isFlood)
        #expect(!pass(599))
        #expect(pass(600), "those of second 0 are out of the window: four are left")
        #expect(!load.isFlood && load.count == 4)
        #expect(!pass(601), "it ends once")
    }

    @Test("a clock that is put back neither forgets nor doubles anything, a leap empties it")
    func clock() {
        var load = AlarmLoad()
        func take(_ second: Double) -> Bool { load.take(at: .at(second)) }
        func pass(_ second: Double) -> Bool { load.pass(to: .at(second)) }
        for _ in 0..<6 { _ = take(1000) }
        for _ in 0..<4 { _ = take(10) }
        #expect(load.count == 10 && !load.isFlood)
        #expect(take(20))
        #expect(pass(1_000_000))
        #expect(load.count == 0)
    }

    @Test("whatever comes, it counts what a list of times counts", arguments: 1...20)
    func list(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var load = AlarmLoad()
        func take(_ second: Double) -> Bool { load.take(at: .at(second)) }
        func pass(_ second: Double) -> Bool { load.pass(to: .at(second)) }
        var times: [Int] = []
        var now = 0
        for _ in 0..<2000 {
            now += [0, 0, 1, 3, 40, 700].randomElement(using: &random) ?? 0
            if Bool.random(using: &random) {
                times.append(now)
                _ = take(Double(now))
            } else {
                _ = pass(Double(now))
            }
            #expect(load.count == times.count { now - $0 < 600 }, "seed \(seed)")
        }
    }
}
