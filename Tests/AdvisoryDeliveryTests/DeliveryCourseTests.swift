import AdvisoryDelivery
import AdvisoryJournal
import GasModel
import HaltAdvisory
import Support
import Testing

@Suite("Course of an outlet")
struct DeliveryCourseTests {
    private static let second: Int64 = 1_000_000_000

    /// A course with so many advisories of one line each, all as grave.
    private func course(_ count: Int, seed: UInt64 = 1) throws -> DeliveryCourse {
        var queue = DeliveryQueue(deliveredThrough: 0)
        for number in 1...UInt64(count) {
            queue.add(number, row: number, gravity: Gravity(try Told(id: "\(number)").entry()))
        }
        return DeliveryCourse(queue: queue, seed: seed)
    }

    /// Seconds that the course rests at `now`; 0 when it does not.
    private func rest(_ course: inout DeliveryCourse, at now: Int64) -> Double {
        guard case .rest(let until) = course.step(at: now) else { return 0 }
        return Double(until - now) / 1e9
    }

    /// The waits between `count` failures.
    private func waits(seed: UInt64, _ count: Int) throws -> [Double] {
        var course = try course(1, seed: seed)
        var now: Int64 = 0
        return (0..<count).map { _ in
            #expect(course.step(at: now) == .deliver(1))
            _ = course.settle(.failed(reason: "refused"), at: now)
            let wait = rest(&course, at: now)
            now += Int64(wait * 1e9) + 1
            return wait
        }
    }

    @Test("waits double from 0.25 s to 15 s with jitter, and a seed gives them again")
    func backoff() throws {
        let found = try waits(seed: 7, 10)
        for (wait, middle) in zip(found, [0.25, 0.5, 1, 2, 4, 8, 15, 15, 15, 15]) {
            #expect((middle * 0.75...middle * 1.25).contains(wait))
        }
        #expect(try waits(seed: 7, 10) == found)
        #expect(try waits(seed: 8, 10) != found)
        #expect(Set(found.suffix(3)).count == 3, "there is jitter at the longest wait too")
    }

    @Test("one that is delivered begins the waits anew")
    func reset() throws {
        var course = try course(2)
        var now: Int64 = 0
        for _ in 0..<6 {
            _ = course.step(at: now)
            _ = course.settle(.failed(reason: "gone"), at: now)
            now += 100 * Self.second
        }
        #expect(course.trouble?.since == 0)
        #expect(course.step(at: now) == .deliver(1))
        _ = course.settle(.delivered, at: now)
        #expect(course.trouble == nil)
        #expect(course.step(at: now) == .deliver(2))
        _ = course.settle(.failed(reason: "gone"), at: now)
        #expect(rest(&course, at: now) < 0.32)
    }

    @Test(
        "the other end may ask for patience, within bounds",
        arguments: [(2.0, 2.0), (300, 300), (86_400, 300), (-5, 0)])
    func retryAfter(_ asked: Double, _ expected: Double) throws {
        var course = try course(1)
        _ = course.step(at: 0)
        _ = course.settle(.failed(reason: "HTTP 429", retrySeconds: asked), at: 0)
        #expect(rest(&course, at: 0) == expected)
    }

    /// Runs a course against an end that refuses what `isPoisoned`, for at most `steps` steps.
    private func run(
        _ course: inout DeliveryCourse, steps: Int, _ isPoisoned: (UInt64) -> Bool
    ) -> (delivered: [UInt64], refused: [UInt64], givenUp: [UInt64]) {
        var now: Int64 = 0
        var (delivered, refused, givenUp): ([UInt64], [UInt64], [UInt64]) = ([], [], [])
        for _ in 0..<steps {
            switch course.step(at: now) {
            case .idle: return (delivered, refused, givenUp)
            case .rest(let until): now = until
            case .deliver(let number):
                let number = number ?? 0
                if isPoisoned(number) {
                    refused.append(number)
                    if course.settle(.refused(reason: "HTTP 400"), at: now) != nil {
                        givenUp.append(number)
                    }
                } else {
                    delivered.append(number)
                    _ = course.settle(.delivered, at: now)
                }
            }
        }
        return (delivered, refused, givenUp)
    }

    @Test("one that is poisoned stops no other, and is given up after five refusals")
    func poison() throws {
        var course = try course(20)
        let run = run(&course, steps: 1000) { $0 == 3 }
        #expect(run.delivered == (1...20).filter { $0 != 3 })
        #expect(run.refused.count == DeliveryCourse.refusalsMax)
        #expect(run.givenUp == [3])
        #expect(course.givenUp == 1)
        #expect(course.queue.deliveredThrough == 20)
        #expect(course.trouble == nil)
    }

    @Test("a poisoned revision holds back the later ones of its own advisory")
    func poisonedRow() throws {
        var queue = DeliveryQueue(deliveredThrough: 0)
        let gravity = Gravity(try Told(id: "a").entry())
        for (number, row) in [(1, 1), (2, 1), (3, 2), (4, 1)] as [(UInt64, UInt64)] {
            queue.add(number, row: row, gravity: gravity)
        }
        var course = DeliveryCourse(queue: queue, seed: 1)
        let run = run(&course, steps: 1000) { $0 == 1 }
        #expect(run.delivered == [3, 2, 4])
        #expect(run.givenUp == [1])
    }

    @Test("an end that refuses everything loses nothing, and is not run down")
    func refusesAll() throws {
        var course = try course(100)
        let refused = run(&course, steps: 5000) { _ in true }
        #expect(refused.givenUp == [])
        #expect(course.queue.count == 100)
        #expect(course.trouble?.reason == "HTTP 400")
        var now: Int64 = 1_000_000 * Self.second
        var attempts = 0
        let end = now + 60 * Self.second
        while now < end {
            switch course.step(at: now) {
            case .rest(let until): now = until
            case .deliver:
                attempts += 1
                _ = course.settle(.refused(reason: "HTTP 401"), at: now)
            case .idle: Issue.record("there is something to do")
            }
        }
        #expect(attempts < 10, "at its longest wait it is asked four times a minute")
        var healed = 0
        now = end + 1000 * Self.second
        while case let step = course.step(at: now), step != .idle {
            if case .rest(let until) = step {
                now = until
            } else {
                healed += 1
                _ = course.settle(.delivered, at: now)
            }
        }
        #expect(healed == 100)
        #expect(course.trouble == nil)
    }

    @Test("what the journal cannot hold goes first, and is not in the way for ever")
    func urgent() throws {
        var course = try course(2)
        course.isUrgent = true
        let run = run(&course, steps: 1000) { $0 == 0 }
        #expect(run.refused == [0, 0, 0, 0, 0])
        #expect(run.delivered == [1, 2])
        course.isUrgent = true
        #expect(course.step(at: 1 << 60) == .deliver(nil))
        _ = course.settle(.delivered, at: 1 << 60)
        #expect(course.step(at: 1 << 60) == .idle)
    }
}

@Suite("Watch over channels")
struct ChannelWatchTests {
    private let second: Int64 = 1_000_000_000

    @Test("one that fails is told once within five seconds, and once when it works again")
    func once() {
        var watch = ChannelWatch()
        var reports: [String] = []
        for now in 0..<60 {
            let fails = (10..<40).contains(now)
            let report = watch.look(
                at: "a", failing: fails ? "full" : nil, now: Int64(now) * second)
            switch report {
            case .fails(let name, let reason): reports.append("\(now) \(name) fails \(reason)")
            case .works(let name, let seconds): reports.append("\(now) \(name) works \(seconds)")
            case nil: break
            }
        }
        #expect(reports == ["13 a fails full", "40 a works 30.0"])
    }

    @Test("a short failure is nobody's business, and one channel says nothing of another")
    func short() {
        var watch = ChannelWatch()
        for now in 0..<60 {
            let report = watch.look(
                at: "a", failing: now % 4 == 0 ? nil : "busy", now: Int64(now) * second)
            #expect(report == nil)
            #expect(watch.look(at: "b", failing: nil, now: Int64(now) * second) == nil)
        }
    }

    @Test("what the channel says of the beginning counts")
    func since() {
        var watch = ChannelWatch()
        let report = watch.look(at: "a", failing: "hangs", since: 0, now: 4 * second)
        #expect(report == .fails(name: "a", reason: "hangs"))
        #expect(watch.told == ["a"])
    }
}
