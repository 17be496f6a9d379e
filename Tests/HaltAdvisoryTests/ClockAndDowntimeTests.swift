import GasModel
import HaltAdvisory
import Support
import Testing

/// What a wrong clock, and a time in which nobody looked, do to advisories.
@Suite("Clock and downtime")
struct ClockAndDowntimeTests {
    private static let chief = Course.people[2]
    private static let release = OperatorOrder(.release, of: "T1.cut", text: "treated")

    /// A halt whose condition is over and of which all was seen, `held` seconds ago.
    private static func releasable(held: Double) -> Course {
        var course = Course()
        for step in [Course.Step.began, .acknowledge, .seen, .ended] { course.take(step) }
        course.pass(held)
        return course
    }

    @Test("the hold counts time as it passes: the civil clock put forward or back shortens nothing")
    func hold() {
        for error in [3600.0, -3600, 30, -30, 0.9, -0.9] {
            var course = Self.releasable(held: 50)
            course.clockError = error
            course.pass(9)
            let refusal = course.order(Self.release, by: Self.chief)
            #expect(refusal == .notYet([Phrase("lacks-held", 1)]), "\(error)")
            course.pass(1)
            #expect(course.order(Self.release, by: Self.chief) == nil, "\(error)")
        }
    }

    @Test("a clock that is wrong when the condition ends shortens no hold either")
    func endsBesideTheClock() {
        for error in [3600.0, -3600, -0.5] {
            var course = Course()
            for step in [Course.Step.began, .acknowledge, .seen] { course.take(step) }
            course.clockError = error
            course.take(.ended)
            course.pass(59)
            #expect(course.order(Self.release, by: Self.chief) != nil, "\(error)")
            course.pass(2)
            #expect(course.order(Self.release, by: Self.chief) == nil, "\(error)")
        }
    }

    @Test("what nobody watched was not held: after a restart, or a pause of the machine")
    func heldUnwatched() {
        var course = Self.releasable(held: 50)
        course.down(3600)
        #expect(course.order(Self.release, by: Self.chief) != nil, "before the first tick")
        course.pass(1)
        course.pass(59)
        #expect(course.order(Self.release, by: Self.chief) != nil)
        course.pass(1)
        #expect(course.order(Self.release, by: Self.chief) == nil)
    }

    /// A fault that was put aside for an hour.
    private static func shelved() -> Course {
        var course = Course()
        course.find(.chatter, .began)
        let refusal = course.order(
            OperatorOrder(.shelve, of: "chatter", text: "known", minutes: 60),
            by: Course.people[0])
        #expect(refusal == nil)
        return course
    }

    private static func isBack(_ course: Course) -> Bool {
        course.told.last?.transition == .unshelved
    }

    @Test("a shelving lasts as long as it was asked for, whatever the civil clock shows")
    func shelving() {
        for error in [7200.0, -7200, 0] {
            var course = Self.shelved()
            course.clockError = error
            course.pass(3599)
            #expect(!Self.isBack(course), "\(error)")
            course.pass(1)
            #expect(Self.isBack(course), "\(error)")
        }
    }

    @Test("a clock that was put back while nobody looked ends a shelving, and delays no call")
    func putBackWhileDown() {
        var course = Self.shelved()
        course.take(.began)
        course.pass(10)
        let last = course.now
        course.clockError = -7200
        course.down(60, lookedLast: last)
        course.pass(1)
        #expect(course.told.contains { $0.transition == .unshelved })
        course.pass(121)
        #expect(course.told.contains { $0.transition == .escalated })
    }

    @Test("a shelving goes on over a restart, no longer than it was asked for")
    func shelvedOverRestart() {
        var course = Self.shelved()
        course.pass(100)
        course.down(200)
        course.pass(1)
        #expect(!Self.isBack(course))
        course.pass(3298)
        #expect(!Self.isBack(course))
        course.pass(1)
        #expect(Self.isBack(course))
    }

    // MARK: While the daemon was down

    @Test("a recovery that nobody saw is said to be one, and still needs its release")
    func recovered() throws {
        var course = Course()
        course.take(.began)
        course.pass(10)
        let (last, down) = (course.now, "while the daemon was down: nobody looked from ")
        course.down(300)
        let start = course.now
        course.pass(2)
        course.find(.cut, .ended, value: 0.5, previous: last)
        let line = try #require(course.told.last)
        #expect(line.transition == .gone && line.advisory?.state == .gone)
        #expect(line.why.hasSuffix(down + "\(last.rfc3339()) to \(start.rfc3339())"))
        #expect(course.order(Self.release, by: Self.chief) != nil)
        // A crossing that nobody saw is told so too, and one that was watched is not.
        course.find(.cut, .began, sensor: 1, value: 1.2, previous: last)
        #expect(course.told.last?.transition == .raised)
        #expect(course.told.last?.why.contains(down) == true)
        let seen = course.now
        course.pass(5)
        course.find(.cut, .ended, sensor: 1, value: 0.4, previous: seen)
        #expect(course.told.last?.why.contains("while the daemon") == false)
    }

    @Test("of a change between two readings that were watched for the most part, it says perhaps")
    func perhaps() {
        var course = Course()
        course.take(.began)
        let before = course.now
        course.pass(10)
        course.down(2)
        course.pass(10)
        course.find(.cut, .ended, value: 0.5, previous: before)
        #expect(course.told.last?.why.contains("; perhaps while the daemon was down") == true)
    }

    @Test("what the run before received and did not judge did not come about while it was down")
    func unjudged() {
        var course = Course()
        course.take(.began)
        course.pass(10)
        let (last, before) = (course.now, Timestamp.at(4))
        course.down(300)
        let finding = Finding(
            .cut, .began, of: .sensor(1), value: 1.3, eventTime: .at(5), arrivalTime: .at(5),
            position: 1000)
        var told = finding
        told.previousTime = before
        let line = course.book.take(told)
        #expect(line?.why.contains("while the daemon") == false)
        #expect(last > .at(5))
        // Measured while nobody looked, and sent later.
        told = finding
        told.rule = .alarm
        told.eventTime = last.advanced(byNanoseconds: 60_000_000_000)
        told.arrivalTime = course.now
        told.position = 1001
        #expect(course.book.take(told)?.why.contains("while the daemon was down") == true)
    }

    @Test("a first run has no downtime")
    func firstRun() {
        var course = Course()
        course.book.resume(lookedLast: nil, at: course.now)
        course.find(.cut, .began)
        #expect(course.told.last?.why.contains("while the daemon") == false)
    }
}
