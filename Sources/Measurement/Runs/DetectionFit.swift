// SPDX-License-Identifier: MIT-0

/// How the detection times of a run's valid trials compare with the distribution that theory gives them.
package struct DetectionFit: Hashable, Sendable {
    package enum Verdict: String, Hashable, Sendable, Codable, CaseIterable {
        /// Below 20 trials.
        case open
        /// Nothing speaks against the law.
        case fits
        /// From 20 trials on: were it true, a sample like this would be rarer than 1 in 100, by its distance or, from 100
        /// trials on, by how much better a known deviation explains it.
        case deviates
    }

    /// A law that explains the trials better.
    package struct Better: Hashable, Sendable, Codable {
        package var deviation: DetectionLaw.Deviation
        /// The distance of the trials from it.
        package var distance: Double
        /// The natural logarithm of how many times as probable it makes the trials.
        package var logLikelihoodRatio: Double

        private enum CodingKeys: String, CodingKey {
            case deviation, distance
            case logLikelihoodRatio = "log_likelihood_ratio"
        }
    }

    package var law: DetectionLaw
    /// The valid trials with a detection time.
    package var count: Int
    package var median: Milliseconds
    package var lawMedian: Milliseconds
    /// The nearest rank; nil below 20 trials.
    package var percentile95: Milliseconds?
    package var lawPercentile95: Milliseconds
    /// Of the Kolmogorov-Smirnov test.
    package var distance: Double
    package var p: Double
    package var verdict: Verdict
    /// Nil unless the trials deviate, there are 100 of them, and a known deviation explains them.
    package var better: Better?

    /// Below, no distance is worth a line.
    package static let minimumCount = 5
    /// Below, nothing is called a deviation.
    package static let verdictMinimumCount = 20
    /// Below, what a deviation is called is mostly chance.
    package static let namingMinimumCount = 100
    /// How improbable a sample must be under the law.
    package static let significance = 0.01

    /// When the sessions of a trial were down, from the fault.
    package struct Sample: Hashable, Sendable {
        /// The last of them: the detection, whose distribution is tested.
        package var last: Milliseconds
        /// Each of them, which says more about the senders.
        package var sessions: [Milliseconds]

        package init(sessions: [Milliseconds], last: Milliseconds) {
            self.last = last
            self.sessions = sessions
        }
    }

    /// - Parameter samples: one for each trial; at least one.
    package init?(_ samples: [Sample], law: DetectionLaw) {
        let sorted = samples.map(\.last.value).sorted()
        guard let test = KolmogorovSmirnovTest(sorted: sorted, distribution: law.distribution),
            let summary = Summary.of(sorted)
        else { return nil }
        self.law = law
        count = test.count
        median = Milliseconds(summary.median)
        lawMedian = Milliseconds(law.quantile(0.5))
        percentile95 = summary.percentile95.map { Milliseconds($0) }
        lawPercentile95 = Milliseconds(law.quantile(0.95))
        (distance, p) = (test.distance, test.p)
        let alternatives = count >= Self.namingMinimumCount ? Self.alternatives(to: law, samples, sorted) : []
        let isImprobable = p < Self.significance || !alternatives.isEmpty
        better = isImprobable ? alternatives.max { $0.logLikelihoodRatio < $1.logLikelihoodRatio } : nil
        verdict = count < Self.verdictMinimumCount ? .open : isImprobable ? .deviates : .fits
    }

    /// Each deviation that makes the trials more probable than the law does, and by more than the law itself brings about.
    private static func alternatives(to law: DetectionLaw, _ samples: [Sample], _ sorted: [Double]) -> [Better] {
        DetectionLaw.Deviation.allCases.compactMap { deviation in
            guard let other = law.deviating(deviation),
                let test = KolmogorovSmirnovTest(sorted: sorted, distribution: other.distribution)
            else { return nil }
            // A sender shows in each session, and what sessions have in common only in all of them.
            let ratio =
                deviation == .inStep
                ? ratio(of: sorted, law, other)
                : ratio(of: samples.flatMap(\.sessions).map(\.value), law.ofOneSession, other.ofOneSession)
            guard ratio.logarithm > 0, ratio.standardScore > Self.namingScore else { return nil }
            return Better(deviation: deviation, distance: test.distance, logLikelihoodRatio: ratio.logarithm)
        }
    }

    private static func ratio(
        of times: [Double], _ law: DetectionLaw, _ other: DetectionLaw
    ) -> LikelihoodRatio {
        let (first, lower, upper) = (min(law.lower, other.lower).value, law.lower.value, law.upper.value)
        return LikelihoodRatio(
            of: times, expected: { plausible(law, $0, upTo: 2 * upper) },
            alternative: { plausible(other, $0, upTo: 2 * upper) },
            over: [0..<first, first..<lower, lower..<upper, upper..<(2 * upper)])
    }

    /// The density of a time, if one trial of a hundred may have any: a single late timer must not decide.
    private static func plausible(_ law: DetectionLaw, _ time: Double, upTo longest: Double) -> Double {
        (1 - oddity) * law.density(time) + oddity / longest
    }

    private static let oddity = 0.01
    /// Of 300 samples from the law, one goes beyond it: ratios are skewed, so it is more than a normal distribution's 2.75.
    private static let namingScore = 3.3
}

extension DetectionFit {
    /// The fit of a run's valid trials.
    package init(_ trials: [Trial]) throws(NoDetectionLaw) {
        let valid = trials.filter(\.validity.isValid)
        guard let first = valid.first else { throw .tooFewTrials }
        let law = try Self.law(of: first)
        for trial in valid where try Self.law(of: trial) != law { throw .trialsDiffer }
        let samples = valid.compactMap(Sample.init)
        guard samples.count >= Self.minimumCount, let fit = DetectionFit(samples, law: law) else {
            throw .tooFewTrials
        }
        self = fit
    }

    private static func law(of trial: Trial) throws(NoDetectionLaw) -> DetectionLaw {
        guard let fault = trial.subject.planned else { throw .window(.severalFaults) }
        return try DetectionLaw(
            of: fault, timers: trial.settings.timers, sessionCount: trial.subject.sessions.count)
    }
}

extension DetectionFit.Sample {
    /// Nil unless all sessions were seen to go down.
    fileprivate init?(_ trial: Trial) {
        guard let last = trial.timeline.detection else { return nil }
        self.init(sessions: trial.timeline[.detected]?.parts.compactMap(\.sinceFault) ?? [], last: last)
    }
}

extension DetectionFit: Codable {
    private enum CodingKeys: String, CodingKey {
        case law, distance, p, verdict
        case count = "trials"
        case median = "median_ms"
        case lawMedian = "law_median_ms"
        case percentile95 = "p95_ms"
        case lawPercentile95 = "law_p95_ms"
        case better = "fits_better"
    }
}
