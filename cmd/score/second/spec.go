package second

import (
	"fmt"
	"math"
	"strconv"
)

// plainSpec draws a name, an image, a command and settings that say little.
func (a *author) plainSpec() {
	p := a.p
	p.name = pick(a.draw, "checkout", "cart", "ledger", "geo", "mailer", "catalog-sync", "thumbs", "gateway", "notifier", "pricing", "auth", "indexer", "etl", "reports") +
		pick(a.draw, "", "", "-svc", "-v2", "-api", "-worker")
	version := fmt.Sprintf("%d.%d.%d", a.IntN(5), a.IntN(40), a.IntN(20))
	p.image = pick(a.draw, "ghcr.io/acme/", "europe-docker.pkg.dev/acme/prod/", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/", "harbor.acme.internal/apps/") + p.name + ":" + version
	switch a.IntN(9) {
	case 0:
		p.command = []string{"python", "-u", "/srv/main.py"}
	case 1:
		p.command = []string{"node", "dist/server.js"}
		if a.yes(0.3) {
			a.env("NODE_OPTIONS", fmt.Sprintf("--max-old-space-size=%d", int(0.55*a.L/mib)))
		}
	case 2:
		p.command = []string{"/bin/" + p.name, "serve", "--config=/etc/app.yaml"}
		if a.yes(0.4) {
			a.env("GOMEMLIMIT", strconv.Itoa(int(0.8*a.L)))
		}
	case 3:
		p.image = pick(a.draw, "nginx:1.27-alpine", "envoyproxy/envoy:v1.33.2", "traefik:v3.2", "fluent/fluent-bit:3.2", "grafana/grafana:11.4.0")
	case 4:
		p.image = pick(a.draw, "ruby:3.3-slim", "ghcr.io/acme/storefront:2025.11")
		p.command = []string{"bundle", "exec", "puma", "-C", "config/puma.rb"}
	case 5:
		p.image = "php:8.3-fpm"
	}
}

func (a *author) env(name, value string) { a.p.env = append(a.p.env, [2]string{name, value}) }

// bare forgets what plainSpec said of a runtime, where another is to be named.
func (a *author) bare(image string, command ...string) {
	a.p.image, a.p.command, a.p.env = image, command, nil
}

// database makes the workload a store of data with a replica for each part of it.
func (a *author) database() {
	a.p.kind = "StatefulSet"
	a.bare(pick(a.draw, "postgres:16.4", "mysql:8.4", "docker.io/bitnami/mongodb:7.0.14", "opensearchproject/opensearch-dashboards:2.17.0", "clickhouse/clickhouse-server:24.8"))
}

// java makes it a JVM with flags, where people write them.
func (a *author) java(flags ...string) {
	image := pick(a.draw, "eclipse-temurin:17-jre-jammy", "eclipse-temurin:21-jre-alpine", "openjdk:11-jre-slim", "ghcr.io/acme/spring-"+a.p.name+":3.4.1", "azul/zulu-openjdk:21")
	line := ""
	for i, f := range flags {
		if i > 0 {
			line += " "
		}
		line += f
	}
	if a.yes(0.35) {
		a.bare(image, append(append([]string{"java"}, flags...), "-jar", "/opt/app.jar")...)
		return
	}
	a.bare(image, "java", "-jar", "/opt/app.jar")
	a.env(pick(a.draw, "JAVA_TOOL_OPTIONS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"), line)
}

// signals draws what the ordinary traffic shows.
func (a *author) signals() signals {
	s := newSignals(a.draw)
	for _, one := range []struct{ v, most *float64 }{{&s.rx, &a.quiet.rx}, {&s.sockets, &a.quiet.sockets}, {&s.threads, &a.quiet.threads}} {
		if *one.most > 0 {
			*one.v = math.Min(*one.v, *one.most*a.in(0.4, 1))
		}
	}
	return s
}

// base is what most processes have beside their trouble: floor bytes at rest, perLoad more at ordinary traffic.
func (a *author) base(floor, perLoad float64) func(b birth) []part {
	s, f := a.signals(), newFiles(a.draw, a.L)
	warm := a.mag(5, 4*minute)
	return func(b birth) []part {
		return []part{resident(b, floor, warm), busy(perLoad, s), f.part(b)}
	}
}

// quiver is the noise of a workload.
func (a *author) quiver() (sigma, tau float64) {
	sigma = a.mag(0.002, 0.012)
	if a.rough {
		sigma *= 1.8
	}
	return sigma, a.mag(3*minute, 3*hour)
}

// with puts further parts of each process between the base and the noise.
func (a *author) with(base func(b birth) []part, more func(b birth) []part) {
	sigma, tau := a.quiver()
	tails := a.held
	a.p.process = func(b birth) []part {
		all := base(b)
		if more != nil {
			all = append(all, more(b)...)
		}
		return append(all, wander(sigma, tau, tails))
	}
}

// roll draws rollouts about so many seconds apart.
func (a *author) roll(apart float64) {
	for t := apart * a.in(0.2, 1.2); t < span+after; t += apart * a.in(0.5, 1.6) {
		a.p.rollouts = append(a.p.rollouts, t)
	}
}

// scatter draws times for episodes about so many seconds apart, the first soon enough.
func (a *author) scatter(apart float64, make func(at float64) episode) {
	for t := apart * a.in(0.1, 0.9); t < span+after; t += apart * (0.15 + a.ExpFloat64()) {
		a.events = append(a.events, make(t))
	}
}
