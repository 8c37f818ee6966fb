// SPDX-License-Identifier: MIT-0
import BGP
import Causes
import WireFormat

/// From a prefix's best path to the routes in the tables.
extension RouteServerMachine {
    // MARK: The FIB

    /// A prefix has a new best path: updates FIB and tables.
    mutating func follow(_ change: RoutingTable.BestChange, cause: RouteCause, at now: Instant) {
        let prefix = change.prefix
        var wasInFIB = change.previous != nil
        var isInFIB = change.current != nil
        if wasInFIB, fib.isWaiting(prefix) {
            wasInFIB = false
            if !isInFIB {
                fib.waiting.remove(prefix)
            }
        }
        if !wasInFIB, isInFIB {
            isInFIB = change.previous == nil && fib.hasRoom(for: prefix)
            if isInFIB {
                fib.add(prefix)
            } else {
                fib.waiting.append(prefix)
            }
        }
        emit(
            .bestPathChanged(
                BestPathChange(
                    prefix: prefix, winner: change.current.map { view($0, to: prefix) },
                    previous: change.previous.map { view($0, to: prefix) }, reason: change.reason, cause: cause,
                    isInFIB: isInFIB, at: now)))
        program(
            prefix, from: wasInFIB ? change.previous.flatMap { owner($0, of: prefix) } : nil,
            to: isInFIB ? change.current.flatMap { owner($0, of: prefix) } : nil, at: now)
        if wasInFIB, !isInFIB {
            fib.remove(prefix)
            admitWaitingToFIB(at: now)
        }
    }

    private mutating func admitWaitingToFIB(at now: Instant) {
        while let prefix = fib.nextWaiting() {
            fib.add(prefix)
            program(prefix, from: nil, to: fibTarget(prefix), at: now)
        }
    }

    /// The best path to a prefix; while RIBs are being exchanged, it may still be the former RIB's.
    private func best(_ prefix: IPPrefix) -> RoutingTable.Path? {
        if !successions.isEmpty, let former = successions[prefix] {
            return former
        }
        return routes.table.best(prefix)
    }

    /// The next hop in the FIB for a prefix.
    private func fibTarget(_ prefix: IPPrefix) -> RouteServerConfiguration.OwnedAddress? {
        guard let best = best(prefix), !fib.isWaiting(prefix) else { return nil }
        return owner(best, of: prefix)
    }

    // MARK: Delays

    /// Brings a prefix's FIB entry to the tables, now or after its delay.
    private mutating func program(
        _ prefix: IPPrefix, from former: RouteServerConfiguration.OwnedAddress?,
        to target: RouteServerConfiguration.OwnedAddress?, at now: Instant
    ) {
        guard !configuration.delays.areTablesImmediate else { return install(target, for: prefix) }
        let scheduled = schedule[prefix]
        let written = scheduled == nil ? former : scheduled?.written
        if target?.address == written?.address {
            schedule.remove(prefix)
            return install(target, for: prefix)
        }
        // A route already scheduled is not delayed by another path with the same next hop.
        if let scheduled, scheduled.target?.address == target?.address { return }
        let isFailback = written.map { isUsable($0, for: prefix) } ?? false
        let delays = configuration.delays
        let due = now + (isFailback ? delays.ribToTable + delays.failback : delays.ribToTable)
        schedule.set(
            prefix, ProgrammingSchedule.Entry(written: written, target: target, due: due, isFailback: isFailback))
        installIfDue(prefix, at: now)
    }

    private mutating func installIfDue(_ prefix: IPPrefix, at now: Instant) {
        guard let entry = schedule[prefix], entry.due <= now else { return }
        schedule.remove(prefix)
        install(entry.target, for: prefix)
    }

    /// Whether any usable path to a prefix still has this next hop.
    private func isUsable(_ target: RouteServerConfiguration.OwnedAddress, for prefix: IPPrefix) -> Bool {
        routes.table.containsEligible(prefix) { owner($0, of: prefix)?.address == target.address }
    }

    /// If the route in the tables has become unusable, the better one that was held back must not wait.
    mutating func hastenFailback(_ prefix: IPPrefix, at now: Instant) {
        guard !schedule.isEmpty, var entry = schedule[prefix], entry.isFailback, let written = entry.written,
            !isUsable(written, for: prefix)
        else { return }
        entry.isFailback = false
        entry.due = min(entry.due, now + configuration.delays.ribToTable)
        schedule.set(prefix, entry)
        installIfDue(prefix, at: now)
    }

    mutating func hastenFailbacks(at now: Instant) {
        for prefix in schedule.failbackPrefixes {
            hastenFailback(prefix, at: now)
        }
    }

    /// Writes the route whose turn is next, if its delay is over.
    mutating func installNextDue(at now: Instant) {
        guard let prefix = schedule.nextPrefix else { return }
        installIfDue(prefix, at: now)
    }

    // MARK: Tables

    private mutating func install(_ target: RouteServerConfiguration.OwnedAddress?, for prefix: IPPrefix) {
        for number in propagations.indices where propagations[number].isEnabled {
            place(target, for: prefix, in: number)
        }
    }

    /// Puts a route into a table, removes it, or lets it wait for room.
    mutating func place(
        _ target: RouteServerConfiguration.OwnedAddress?, for prefix: IPPrefix, in number: Int
    ) {
        guard let target, propagations[number].objection(to: prefix) == nil else {
            propagations[number].room.waiting.remove(prefix)
            return request(nil, for: prefix, in: number)
        }
        let isThere = installation(prefix, number).requested != nil
        if !isThere, !propagations[number].room.hasRoom(for: prefix) {
            return propagations[number].room.waiting.append(prefix)
        }
        request(target, for: prefix, in: number)
    }

    private func installation(_ prefix: IPPrefix, _ number: Int) -> Installation {
        guard let entries = installations[prefix], number < entries.count else { return Installation() }
        return entries[number]
    }

    private mutating func request(
        _ target: RouteServerConfiguration.OwnedAddress?, for prefix: IPPrefix, in number: Int
    ) {
        let known = installation(prefix, number)
        guard known.requested != target?.address || known.error != nil else { return }
        withInstallation(prefix, number) {
            $0.requested = target?.address
            $0.error = nil
        }
        if known.requested == nil {
            propagations[number].room.add(prefix)
        } else if target == nil {
            propagations[number].room.remove(prefix)
        }
        if known.error != nil, known.installed == target?.address {
            // The last change was refused and this one reverts it: the kernel's table is already right.
            forgetIfEmpty(prefix)
        } else {
            propagations[number].unconfirmedCount += 1
            emit(
                .tableChange(
                    TableChange(
                        kernelTable: propagations[number].table.kernelTable, table: propagations[number].table.name,
                        prefix: prefix, nextHop: target?.address, networkInterface: target?.networkInterface)))
        }
        if target == nil, propagations[number].isEnabled {
            admitWaiting(to: number)
        }
    }

    private mutating func admitWaiting(to number: Int) {
        while let prefix = propagations[number].room.nextWaiting() {
            request(writtenTarget(prefix), for: prefix, in: number)
        }
    }

    /// The next hop that tables with room for the prefix now have.
    private func writtenTarget(_ prefix: IPPrefix) -> RouteServerConfiguration.OwnedAddress? {
        if !schedule.isEmpty, let entry = schedule[prefix] {
            return entry.written
        }
        return fibTarget(prefix)
    }

    private mutating func withInstallation(_ prefix: IPPrefix, _ number: Int, _ body: (inout Installation) -> Void) {
        installations[prefix, default: []].withEntry(number, body)
    }

    /// Writes all routes to a table that was empty until now, in prefix order.
    mutating func fillTable(_ number: Int) {
        for prefix in Set(routes.table.sortedPrefixes() + schedule.prefixes).sorted() {
            if let target = writtenTarget(prefix) {
                place(target, for: prefix, in: number)
            }
        }
    }

    /// Removes all routes from a table.
    mutating func emptyTable(_ number: Int) {
        propagations[number].room.waiting.removeAll()
        for prefix in installations.keys.sorted() {
            request(nil, for: prefix, in: number)
        }
    }

    /// The shell has written a table change, or reports why it could not.
    ///
    /// A failed change is requested again with the next change of the prefix's best path.
    package mutating func confirmWritten(_ change: TableChange, error: String?) {
        guard let number = propagations.firstIndex(where: { $0.table.kernelTable == change.kernelTable }) else {
            return
        }
        propagations[number].unconfirmedCount -= 1
        if installations[change.prefix] != nil {
            withInstallation(change.prefix, number) { $0.confirm(change.nextHop, error: error) }
            forgetIfEmpty(change.prefix)
        }
        advancePropagation(number)
    }

    private mutating func forgetIfEmpty(_ prefix: IPPrefix) {
        if let entries = installations[prefix], entries.allSatisfy(\.isEmpty) {
            installations[prefix] = nil
        }
    }
}

extension RouteServerMachine.Installation {
    fileprivate mutating func confirm(_ nextHop: IPAddress?, error: String?) {
        if error == nil {
            installed = nextHop
        }
        // The outcome of an earlier change says nothing about the one requested since.
        if nextHop == requested {
            self.error = error
        }
    }
}

extension [RouteServerMachine.Installation] {
    /// Changes the entry of a table, adding missing entries first.
    fileprivate mutating func withEntry(_ number: Int, _ body: (inout Element) -> Void) {
        while count <= number {
            append(Element())
        }
        body(&self[number])
    }
}
