package second

import (
	"fmt"
	"math"
	"strconv"
)

// collected draws a process with a collected heap of at most most bytes at a limit, beside native bytes.
func (a *author) collected(live, native float64, most func(limit float64) float64) {
	load := a.in(0.01, 0.05) * a.L
	base := a.base(native, load)
	fill := a.mag(4*minute, 8*hour)
	h := heap{
		live:    func(m *moment) float64 { return live * (0.97 + 0.03*math.Min(2, m.rate)) },
		most:    func(m *moment) float64 { return most(m.limit) },
		garbage: 0.5 * a.L / fill, grain: a.in(0.004, 0.03) * a.L, lazy: a.in(0.97, 1),
	}
	a.p.minKills = 2
	a.with(base, func(birth) []part { return []part{h.part()} })
}

// fixed is a heap that does not follow the limit.
func fixed(bytes float64) func(float64) float64 { return func(float64) float64 { return bytes } }

var runtimeShapes = []shape{
	{"-Xmx above the limit", func(a *author) {
		most := a.in(1, 1.6) * a.L
		a.java("-Xms"+megas(0.25*a.L), "-Xmx"+megas(most))
		a.collected(a.in(0.2, 0.45)*a.L, a.in(0.08, 0.18)*a.L, fixed(most))
	}},
	{"-Xmx leaves too little for the rest", func(a *author) {
		native := a.in(0.12, 0.22)
		most := a.in(math.Max(0.82, 1.0-native), 0.96)
		a.java("-Xmx" + megas(most*a.L))
		a.collected(a.in(0.25, 0.5)*a.L, native*a.L, fixed(most*a.L))
	}},
	{"MaxRAMPercentage leaves too little", func(a *author) {
		share := a.in(0.85, 0.96)
		native := (1 - share) * a.in(1.1, 1.8) * a.L
		a.java(fmt.Sprintf("-XX:MaxRAMPercentage=%.0f", share*100))
		a.collected(a.in(0.25, 0.5)*a.L, native, func(limit float64) float64 { return share * limit })
	}},
	{"classes and code beside a heap that nearly fills the limit", func(a *author) {
		most := a.in(0.8, 0.88)
		meta := (1-most)*a.L*a.in(0.6, 1) + 0.02*a.L
		a.java("-Xms"+megas(most*a.L), "-Xmx"+megas(most*a.L), "-XX:+AlwaysPreTouch")
		tau := a.mag(20*minute, 5*hour)
		a.p.minKills = 2
		a.with(a.base(0.02*a.L, 0.01*a.L), func(birth) []part {
			return []part{func(m *moment, u *usage) {
				u.anon += most*a.L*math.Min(1, 0.2+m.age/40) + meta*(1-math.Exp(-m.age/tau))
			}}
		})
	}},
	{"Node's old space may be as large as the limit", func(a *author) {
		most := a.in(0.95, 1.6) * a.L
		flag := fmt.Sprintf("--max-old-space-size=%d", int(most/mib))
		if a.yes(0.5) {
			a.bare(pick(a.draw, "node:20-bookworm-slim", "node:22-alpine", "ghcr.io/acme/"+a.p.name+":9"), "node", flag, "dist/main.js")
		} else {
			a.bare(pick(a.draw, "node:20-bookworm-slim", "ghcr.io/acme/"+a.p.name+":9"), "node", "server.mjs")
			a.env("NODE_OPTIONS", flag)
		}
		a.collected(a.in(0.15, 0.35)*a.L, a.in(0.08, 0.15)*a.L, fixed(most))
	}},
	{"GOMEMLIMIT above the limit", func(a *author) {
		most := a.in(1, 1.5) * a.L
		a.bare("ghcr.io/acme/"+a.p.name+":v0.31.2", "/"+a.p.name)
		a.env("GOMEMLIMIT", pick(a.draw, strconv.Itoa(int(most)), fmt.Sprintf("%dMiB", int(most/mib))))
		a.env("GOGC", pick(a.draw, "off", "400", "300"))
		a.collected(a.in(0.2, 0.35)*a.L, a.in(0.03, 0.06)*a.L, fixed(most))
	}},
	{"a hard limit of .NET above the container's", func(a *author) {
		most := a.in(0.97, 1.4) * a.L
		a.bare(pick(a.draw, "mcr.microsoft.com/dotnet/aspnet:8.0", "ghcr.io/acme/"+a.p.name+":8"), "dotnet", "App.dll")
		a.env("DOTNET_gcServer", "1")
		a.env("DOTNET_GCHeapHardLimit", pick(a.draw, "0x", "")+strconv.FormatInt(int64(most), 16))
		a.collected(a.in(0.2, 0.4)*a.L, a.in(0.08, 0.14)*a.L, fixed(most))
	}},
}
