package simulate

import (
	"fmt"
	"math"
)

// jvm has a heap whose ceiling does not fit beneath the limit, in any of the runtimes that have such a ceiling.
func (b *builder) jvm() {
	L, d := b.p.limit, b.d
	if L < 384*mib {
		b.p.limit, b.p.request = L*4, b.p.request*4
		scale := 4.0
		d.perLoad, d.kernel, d.fileMax = d.perLoad*scale, d.kernel*scale, d.fileMax*scale
		L = b.p.limit
	}
	d.perLoad = b.between(0, 0.02) * L
	h := &heap{first: b.between(0.15, 0.4), tau: b.scale(15*minute, 14*hour), byLoad: b.chance(0.6)}
	if b.chance(0.6) {
		h.steps = float64(5 + b.IntN(12))
	}
	if b.held {
		h.saw, h.sawTime, h.steps = b.between(0.03, 0.12), b.scale(2*minute, hour), 0
	}
	d.heap = h
	switch b.p.shape = one(b.dice, "xmx", "xmx", "percent", "percent", "node", "go", "dotnet"); b.p.shape {
	case "xmx":
		h.max = b.between(0.84, 1.05) * L
		d.base = math.Max(b.between(0.12, 0.3), 1.06-h.max/L+d.noise.sigma) * L
		b.javaFacts(h.max)
	case "percent":
		h.percent = one(b.dice, 0.8, 0.85, 0.9, 0.95)
		// With more room the collector lets the heap grow on, to some multiple of what lives in it.
		h.max = b.between(1, 1.5) * h.percent * L
		d.base = math.Max(b.between(0.15, 0.3), 1.06-h.percent) * L
		b.javaPercent(h.percent)
	case "node":
		h.max = b.between(0.92, 1.3) * L
		d.base = math.Max(0.1, 1.07-h.max/L) * L
		b.p.facts.image = one(b.dice, "node:22-alpine", "registry.example/web/ssr:2.9", "docker.io/library/node:20")
		b.p.facts.command = []string{"node", "server.js"}
		b.p.facts.env = append(b.p.facts.env, [2]string{"NODE_OPTIONS", fmt.Sprintf("--max-old-space-size=%d", int(h.max/mib))})
	case "go": // the soft limit is above the hard one, so the collector waits too long
		soft := b.between(0.98, 1.3) * L
		h.max = b.between(1.02, 1.15) * L
		h.first, h.saw, h.sawTime = 0.3, b.between(0.25, 0.4), b.scale(minute, 20*minute)
		d.base = 0.05 * L
		b.p.facts.image = one(b.dice, "registry.example/core/gateway:3.1", "quay.io/example/indexer:v0.9")
		b.p.facts.env = append(b.p.facts.env, [2]string{"GOMEMLIMIT", fmt.Sprintf("%dMiB", int(soft/mib))})
	case "dotnet":
		h.max = b.between(0.93, 1.15) * L
		d.base = math.Max(0.1, 1.07-h.max/L) * L
		b.p.facts.image = one(b.dice, "mcr.microsoft.com/dotnet/aspnet:9.0", "registry.example/billing/api:5.2")
		b.p.facts.command = []string{"dotnet", "Billing.dll"}
		b.p.facts.env = append(b.p.facts.env, [2]string{"DOTNET_GCHeapHardLimit", fmt.Sprintf("0x%X", int64(h.max))})
	}
}

// node is killed, or the victim chosen, because the node had no memory left.
func (b *builder) node() {
	L, d := b.p.limit, b.d
	d.base = b.between(0.25, 0.65) * L
	d.perLoad = b.between(0.01, 0.1) * L
	b.p.shape = one(b.dice, "limited", "limited", "no limit")
	if b.p.shape == "no limit" {
		b.p.limit = 0
		b.p.request = one(b.dice, 0, 0.2, 0.4) * L
	} else {
		b.p.request = L * one(b.dice, 0.75, 0.5, 0.5, 0.25)
	}
	mean := b.scale(day, 9*day)
	for t := b.wait(mean); t < horizon+future; t += b.wait(mean) {
		b.p.nodeShort = append(b.p.nodeShort, t)
	}
}

// startup needs more memory while it starts than ever after.
func (b *builder) startup() {
	L, d := b.p.limit, b.d
	d.base = b.between(0.3, 0.65) * L
	d.perLoad = b.between(0.01, 0.05) * L
	d.warmTau = b.scale(5, 40)
	o := &opening{rise: b.scale(5, 60), hold: b.scale(5, 60), fall: b.scale(3, 30)}
	if b.p.shape = one(b.dice, "always", "sometimes"); b.p.shape == "always" {
		b.p.loops = true
		o.height, o.sigma = (b.between(1.05, 1.4)*L - d.base*0.8), 0.02
	} else {
		o.height, o.sigma = b.between(0.9, 1.02)*L-d.base*0.9, b.between(0.1, 0.2)
	}
	d.opening = o
	b.newAt = 0
}

// healthy is never killed for memory, though some of it looks as if it might be.
func (b *builder) healthy() {
	L, d := b.p.limit, b.d
	switch b.p.shape = one(b.dice, "season", "cache fill", "runtime growth", "load growth", "page cache", "nightly job"); b.p.shape {
	case "season":
		d.base, d.perLoad = b.between(0.3, 0.45)*L, b.between(0.15, 0.25)*L
		b.load.season = b.between(0.4, 0.7)
	case "cache fill":
		top, tau := b.between(0.2, 0.4)*L, b.scale(2*hour, 3*day)
		d.base = b.between(0.25, 0.4) * L
		d.growths = append(d.growths, growth{curve: func(w float64) float64 { return top * (1 - math.Exp(-w/tau)) }, byLoad: b.chance(0.6)})
	case "runtime growth":
		top := b.between(0.5, 0.65) * L
		d.base = b.between(0.12, 0.22) * L
		d.heap = &heap{max: top, first: 0.3, tau: b.scale(hour, 2*day), steps: float64(4 + b.IntN(10)), byLoad: true}
		b.javaFacts(top)
	case "load growth":
		b.load.weekly = b.between(0.05, 0.12)
		d.base, d.perLoad = b.between(0.25, 0.35)*L, b.between(0.18, 0.25)*L
	case "page cache":
		d.base = b.between(0.2, 0.45) * L
		d.fileMax, d.fileAlive, d.fileTau = 2*L, b.between(0.5, 0.9), b.scale(10*minute, 6*hour)
		d.read = b.scale(1e6, 5e7)
	case "nightly job":
		d.base = b.between(0.2, 0.35) * L
		at := b.between(0, 6) * hour
		for k := range int((horizon+future)/day) + 1 {
			d.bursts = append(d.bursts, burst{at: float64(k)*day + at + b.between(0, 5*minute), rise: b.scale(minute, 20*minute), hold: b.scale(5*minute, hour),
				fall: b.scale(5, minute), height: b.between(0.3, 0.45) * L, cpu: 1, read: b.scale(1e5, 1e7)})
		}
	}
}
