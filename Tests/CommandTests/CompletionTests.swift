import BrokerSupport
import Foundation
import Support
import Testing

/// The completions that `Deploy/completions` writes from the built command.
@Suite("Completions")
struct CompletionTests {
    @Test("are written for three shells, know the commands, and ask the program for identifiers")
    func written() throws {
        let directory = try TemporaryDirectory()
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Deploy/completions").standardized.path
        let process = try ChildProcess(
            "/bin/bash", [script, DaemonProcess.executable, directory.path])
        #expect(process.wait() == 0)
        let files = [
            "bash-completion/completions/firedamp", "zsh/vendor-completions/_firedamp",
            "fish/vendor_completions.d/firedamp.fish",
        ]
        for file in files {
            let text = String(
                decoding: try directory.bytes("usr/share/" + file), as: UTF8.self)
            for word in ["release", "confirm", "advisories"] { #expect(text.contains(word)) }
            #expect(text.contains("---completion"), "\(file) asks for what stands open")
        }
        let broken = try ChildProcess("/bin/bash", [script, "/bin/false", directory.path])
        #expect(broken.wait() != 0)
        #expect(try !directory.bytes("usr/share/" + files[0]).isEmpty)
    }
}
