import GasModel
import HaltAdvisory
import Support
import Testing

@Suite("Halt watch")
struct HaltWatchTests {
    @Test("a halt is told when it begins and when it is released, and not while it is latched")
    func course() {
        var (course, watch) = (Course(), HaltWatch())
        #expect(watch.news(of: course.book) == [])
        course.take(.began)
        #expect(watch.news(of: course.book) == [HaltNews(place: "H101", stands: true)])
        for step in [Course.Step.acknowledge, .seen, .ended, .minutes] {
            course.take(step)
            #expect(watch.news(of: course.book) == [])
        }
        course.take(.release)
        #expect(course.told.last?.transition == .released)
        #expect(watch.news(of: course.book) == [HaltNews(place: "H101", stands: false)])
    }

    @Test("behind a restart every place is told once, as it stands")
    func restart() {
        var watch = HaltWatch(isAfterRestart: true)
        var mine = AssessmentMine()
        mine.find(.fanStopped, .place("B"))
        let told = watch.news(of: mine.book)
        #expect(told.map(\.place) == ["A", "R", "M", "B"])
        #expect(told.filter(\.stands).map(\.place) == ["B"])
        #expect(watch.news(of: mine.book) == [])
    }

    @Test(
        "a halt stands wherever its ground reaches, but not where only its air goes to",
        arguments: [
            (Rule.cut, Finding.Subject.sensor(0), ["A"]),
            (.cut, .sensor(2), ["A", "R"]),
            (.cut, .sensor(3), ["A", "B", "M", "R"]),
            (.alarm, .sensor(0), []),
        ])
    func reach(_ rule: Rule, _ subject: Finding.Subject, _ places: [String]) {
        var mine = AssessmentMine()
        mine.find(rule, subject)
        #expect(mine.book.haltedPlaces.sorted() == places)
    }

    @Test("a gateway that was gone for too long halts the places of its sensors")
    func gateway() {
        var mine = AssessmentMine()
        mine.find(.gateway, .gateway("G1"))
        #expect(mine.book.haltedPlaces == [])
        mine.pass(300)
        #expect(mine.book.haltedPlaces == ["A"])
    }
}
