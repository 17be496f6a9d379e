import ArgumentParser
import Foundation
import GasModel
import SiteDescription

/// Reads the site file that a command was given, or ends with what is wrong with it.
func readSite(_ path: String) throws -> Site {
    let bytes: [UInt8]
    do {
        bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
        complain("\(path): cannot be read: \(error.localizedDescription)")
        throw Exit.noInput
    }
    do {
        return try SiteFile.read(bytes, name: path)
    } catch {
        complain("\(error)")
        throw Exit.badData
    }
}

/// A line on standard error.
func complain(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
}
