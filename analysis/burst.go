package analysis

import (
	"math"
	"slices"
)

// burstOdds shares what speaks for a sudden kill among the causes of one. The shares add up to 1.
type burstOdds struct {
	sudden float64 // how surely kills came suddenly at all, 0 to 1
	spike  float64
	crowd  float64 // many requests at once
	file   float64 // one large input
	node   float64 // the node ran out, and nothing rose here at all
}

// The weights of what is seen, in natural logarithms of odds. They were set on simulated cases whose cause is known,
// and are round: none decides alone.
const (
	oddsSockets    = 3.0  // connections or threads were far above the usual at kills
	oddsNoSockets  = -2.0 // they are known and were as usual
	oddsTraffic    = 1.0  // received bytes and processor time rose together
	oddsReads      = 3.5  // the disk was read far more than usual at kills
	oddsBigInput   = 2.5  // received bytes rose far more than connections
	oddsInputOnly  = 1.2  // they rose, and connections are not known
	oddsNoInput    = -1.2 // neither did
	oddsWork       = 1.8  // processor time rose and connections did not
	oddsRamp       = 0.9  // memory rose over minutes
	oddsJump       = 0.9  // … or within one
	oddsFar        = 0.8  // the last sample is far below the limit
	oddsNear       = 0.6  // … or near it, after a ramp
	oddsClock      = 1.2  // kills keep to an hour of the day
	oddsSwing      = 0.8  // the usual level swings, as it does with load …
	oddsSteady     = 0.4  // … or hardly
	oddsSeries     = 1.0  // kills come in series within an hour: a rush lasts
	oddsTogether   = 2.5  // pods are killed together
	oddsRush       = 3.0  // traffic rose far more than what was in work at a time, on top of it processor time
	oddsThreads    = 2.0  // threads, which hardly vary otherwise, rose a little
	oddsFollows    = 1.0  // memory follows connections more closely than it follows traffic
	oddsSmallReads = 2.0  // the disk was read as seldom, though little: files that are packed
	oddsSlowRises  = 1.8  // memory was seen on its way up, at kills and at peaks that did not kill
	oddsFastRises  = 1.5  // … or never was
	oddsKnownRises = 0.8  // factor for both when load is known as well
	oddsOthers     = -2.5 // the other pods rise at the same moments
	oddsAlone      = 0.5  // … or never do
	oddsCrowdAlone = -1.0
	oddsCalm       = 1.5  // load is known, and nothing of it was unusual
	oddsBatch      = 3.0  // a batch workload has inputs and no visitors
	oddsNamed      = 0.8  // it is named for work on files
	oddsOver       = 1.5  // it uses far more than it requests …
	oddsUnder      = -1.0 // … or less
	oddsNoPeak     = 1.6  // no sample ever left the usual level
	oddsPace       = -3.5 // kills keep a pace of their own: nodes run out at random
	oddsFewKills   = -2.2 // … or are too few to show that they do not
	oddsNoPeakEach = 0.9  // … for each further kill, up to four
	oddsPeaks      = -2.5 // … or some did
	oddsSystemOOM  = 4.0  // the kubelet told of the node's memory within a minute of the kill, and nothing rose here
	oddsNodeFirst  = -2.2 // the node is seldom the reason where a limit is set
)

// Thresholds of the same.
const (
	rushOver     = 1.7  // received bytes at kills over connections and threads, each over the usual, from which the traffic came first
	rushSockets  = 1.2  // connections at kills over usual ones where it is traffic and no single input
	threadsRatio = 1.5  // threads at kills over usual ones
	threadsRank  = 0.97 // … at the top of what is seen
	followsMore  = 0.05 // rank correlation
	smallReads   = 10.0 // disk reads at kills over usual ones, where they are too few to fill memory as they are
	slowShare    = 0.30 // rises of which a sample was seen on the way, as a share of all
	fastShare    = 0.15
	enoughRises  = 4.0
	othersRise   = 0.50 // other pods that rise at a kill, as a share
	othersCalm   = 0.20
	readsRatio   = 3.0  // disk reads at kills over usual ones
	inputRatio   = 3.0  // received bytes at kills over usual ones, and over the ratio of connections
	burstSure    = 0.75 // kills with unusual load were sudden in at least so large a part
	randomLives  = 0.45 // standard deviation over mean of the lengths of killed lives: 1 where kills come at random
	shortLived   = 0.5  // hours
	overRequest  = 1.35 // usual level over request from which the kernel picks it first
	underRequest = 1.00
	peakLeast    = 0.10  // a sample this much of the limit above the usual top left the usual level
	sameTime     = 0.985 // how much kills keep to one hour from which a timer is behind them
	swingWide    = 0.06  // 95th percentile less median, over the limit
	swingLittle  = 0.04
	rampMinute   = 1.25 // minutes
	rampTop      = 0.85 // last sample over the limit: a ramp was seen nearly to its end
)

// fileWords are words of names that tell of work on files.
var fileWords = []string{"import", "importer", "export", "exporter", "etl", "convert", "converter", "transcode", "transcoder", "thumbnail", "thumbnailer",
	"resize", "render", "renderer", "report", "reports", "reporting", "parser", "ingest", "ingester", "upload", "uploader", "media", "pdf", "csv", "archive", "backup"}

// bigInput reports whether far more was received before kills, and, where connections are known, over no more of them.
func (l *loadFacts) bigInput() bool {
	if !l.received.burst() || l.received.ratio < inputRatio || l.rush() {
		return false
	}
	return !l.sockets.met() || l.received.ratio >= inputRatio*max(l.sockets.ratio, 1)
}

// rush reports whether there was more traffic before kills: more bytes over more connections, and not one input over one.
func (l *loadFacts) rush() bool {
	if !l.received.burst() {
		return false
	}
	if l.sockets.met() {
		return l.sockets.ratio >= rushSockets && l.sockets.rank >= burstRank
	}
	return l.cpu.burst() && l.cpu.ratio-1 >= 0.3*(l.received.ratio-1)
}

// rushFirst reports whether traffic rose far more than what was in work at a time: then requests were many and did not
// pile up (Little's law: what is in work is the rate times the time that each takes).
func (l *loadFacts) rushFirst() bool {
	return l.rush() && l.received.ratio >= rushOver*max(l.sockets.ratio, l.threads.ratio)
}

// moreThreads reports whether there were more threads before kills than nearly ever: a pool or workers that were added.
func (l *loadFacts) moreThreads() bool {
	return l.threads.met() && l.threads.ratio >= threadsRatio && l.threads.rank >= threadsRank && l.threads.peak >= leastSockets
}

// bursts weighs the causes of sudden kills.
func (f *facts) bursts() burstOdds {
	var out burstOdds
	if f.judged == 0 || f.sudden+f.climbs == 0 || f.conf.Scope == ScopeNode {
		return out
	}
	out.sudden = float64(f.sudden+f.climbs) / float64(f.judged)
	if f.start.stepped && f.sudden*2 < f.judged {
		out.sudden = float64(f.sudden) / float64(f.judged)
	}
	if f.start.survived == 0 && f.eligible == 0 && 2*f.climbs >= f.judged && !f.batch {
		out.sudden = float64(f.sudden) / float64(f.judged) // each life climbs from its start: that is no burst
	}
	spike, crowd, file, node := 0.0, 0.0, 0.0, oddsNodeFirst
	l := &f.load
	sockets := (l.sockets.burst() || l.threads.burst()) && !l.rushFirst()
	reads := l.reads.burst() && l.reads.ratio >= readsRatio
	input := l.bigInput()
	l.crowdOdds(sockets, reads, &spike, &crowd)
	if l.received.burst() && l.cpu.burst() && !reads && !input {
		crowd += oddsTraffic
	}
	if reads {
		file += oddsReads
	} else if input && l.sockets.met() {
		file += oddsBigInput
	} else if input {
		file += oddsInputOnly
	} else if l.reads.met() && l.reads.ratio >= smallReads && l.reads.rank >= burstRank {
		file += oddsSmallReads
	} else if l.reads.quiet() && l.received.kills > 0 {
		file += oddsNoInput
	}
	if l.cpu.burst() && l.sockets.quiet() {
		file += oddsWork
	}
	if l.known() && !sockets && !l.moreThreads() && !reads && !input && l.sockets.kills+l.received.kills > 0 {
		spike += oddsCalm
		node += oddsCalm
	}
	if sockets || reads || input {
		out.sudden = max(out.sudden, burstSure)
	}
	f.shapeOdds(&spike, &crowd, &file, &node)
	f.riseOdds(&spike, &crowd, &file)
	if f.batch {
		file += oddsBatch
	} else if namedLike(f.c, fileWords) {
		file += oddsNamed
	}
	node += f.nodeOdds()
	top := max(spike, crowd, file, node)
	sum := math.Exp(spike-top) + math.Exp(crowd-top) + math.Exp(file-top) + math.Exp(node-top)
	out.spike, out.crowd, out.file, out.node = math.Exp(spike-top)/sum, math.Exp(crowd-top)/sum, math.Exp(file-top)/sum, math.Exp(node-top)/sum
	return out
}

// crowdOdds weighs requests that came against requests that piled up.
func (l *loadFacts) crowdOdds(sockets, reads bool, spike, crowd *float64) {
	switch {
	case sockets:
		*crowd += oddsSockets
	case l.moreThreads() && !l.rushFirst():
		*crowd += oddsThreads
	case l.sockets.quiet():
		*crowd += oddsNoSockets
	}
	if l.rushFirst() && !reads {
		*spike += oddsRush
	}
	if l.sockets.met() && l.sockets.follows >= max(followsFor, l.received.follows+followsMore) {
		*crowd += oddsFollows
	}
}

// shapeOdds weighs how memory rose and when.
func (f *facts) shapeOdds(spike, crowd, file, node *float64) {
	last := median(f.end.last)
	if len(f.end.ramps) > 0 {
		if m := median(f.end.ramps); m >= max(rampMinute, 1.25*f.step.Minutes()) {
			*crowd += oddsRamp
			*file += oddsRamp
			if last >= rampTop {
				*file += oddsNear
			}
		} else if last < suddenLast {
			*spike += oddsJump
			*node += oddsJump
		}
	}
	if last < suddenLevel-0.1 {
		*spike += oddsFar
		*node += oddsFar
	}
	switch {
	case f.batch || f.end.clock < peakHours:
	case f.end.clock >= sameTime:
		*file += oddsClock // to the minute: a timer, not people
	default:
		*crowd += oddsClock
	}
	if s := f.stats(); s.Samples > 0 && f.scale > 0 && !f.load.known() {
		if wide := (s.P95 - s.P50) / f.scale; wide >= swingWide {
			*crowd += oddsSwing
		} else if wide <= swingLittle {
			*file += oddsSteady
		}
	}
	if f.end.series >= 0.5 {
		*crowd += oddsSeries
	}
	if !f.load.known() && f.together >= 2 && float64(f.together) >= togetherShare*float64(f.moments) {
		*crowd += oddsTogether * min(float64(f.together-1)/2, 1)
	}
}

// riseOdds weighs whether memory was ever seen on its way up, and what the other pods did meanwhile.
func (f *facts) riseOdds(spike, crowd, file *float64) {
	r, l := &f.rise, &f.load
	known := l.received.met() || l.sockets.met()
	if n := float64(r.slow + r.fast); n > 0 && !l.rush() {
		w := min(n, enoughRises) / enoughRises
		if known {
			w *= oddsKnownRises
		}
		switch share := float64(r.slow) / n; {
		case share >= slowShare:
			*crowd += oddsSlowRises * w
			*file += oddsSlowRises * w
		case share <= fastShare:
			*spike += oddsFastRises * w
		}
	}
	if r.kills == 0 {
		return
	}
	calm := known && !l.received.burst() && !l.sockets.burst() && !l.threads.burst()
	switch {
	case r.others >= othersRise && !calm: // where nothing came in, each pod works on a timer of its own
		*file += oddsOthers
	case r.others <= othersCalm && r.kills >= 2:
		*file += oddsAlone
		*crowd += oddsCrowdAlone
	}
}

// nodeOdds weighs whether the container was killed for its node while its own memory did nothing unusual.
func (f *facts) nodeOdds() float64 {
	odds := 0.0
	if all, other := f.neighbours(); all >= nodeVictims && other > 0 {
		odds += oddsOver
	}
	s := f.stats()
	if req := above(f.c.Resources.Request); req != nil && s.Samples > 0 {
		switch over := s.P50 / float64(*req); {
		case over >= overRequest:
			odds += oddsOver
		case over < underRequest:
			odds += oddsUnder
		}
	}
	var lived []float64
	for i := range f.lives {
		if l := &f.lives[i]; !l.killed.IsZero() {
			lived = append(lived, l.killed.Sub(l.start).Hours())
		}
	}
	if cv, ok := spread(lived); !ok {
		odds += oddsFewKills
	} else if cv < randomLives {
		odds += oddsPace
	}
	if len(lived) > 0 && median(lived) < shortLived {
		odds += oddsPace // no node runs out every few minutes and finds the same container each time
	}
	if f.peaks() {
		odds += oddsPeaks
	} else {
		if t := f.c.Last; t != nil {
			if _, told := nodeOOM(f.c, t, "SystemOOM"); told {
				odds += oddsSystemOOM
			}
		}
		odds += oddsNoPeak + oddsNoPeakEach*float64(min(f.sudden-1, 4))
	}
	if median(f.end.last) >= nearTop {
		odds += oddsPeaks
	}
	return odds
}

// peaks reports whether some sample left the usual level without a kill right after it: what bursts now and then kills,
// bursts a little more often.
func (f *facts) peaks() bool {
	tops := make([]float64, 0, len(f.lives))
	for i := range f.lives {
		if l := &f.lives[i]; len(l.v) >= leastSamples && l.limit > 0 {
			tops = append(tops, l.peak/l.limit)
		}
	}
	if len(tops) == 0 {
		return false
	}
	s := f.stats()
	usual := s.P95 / max(f.scale, 1)
	return slices.Max(tops) >= usual+peakLeast
}

// neighbours counts what else was killed on the node at the same moment.
func (f *facts) neighbours() (all, other int) { return f.around, f.aroundOther }
