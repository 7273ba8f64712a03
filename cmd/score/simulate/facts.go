package simulate

import "fmt"

// plainFacts draws an image and settings that tell little.
func (b *builder) plainFacts() facts {
	f := facts{kind: one(b.dice, "Deployment", "Deployment", "Deployment", "StatefulSet")}
	switch one(b.dice, "", "", "", "python", "go", "node", "postgres") {
	case "python":
		f.image = one(b.dice, "python:3.13-slim", "registry.example/ml/scorer:0.4")
		f.command = one(b.dice, []string{"gunicorn", "-w", "4", "app:app"}, []string{"python", "-m", "worker"})
	case "go":
		f.image = "registry.example/core/router:1.12"
		if b.chance(0.5) {
			f.env = append(f.env, [2]string{"GOMEMLIMIT", fmt.Sprintf("%dMiB", int(0.85*b.p.limit/mib))})
		}
	case "node":
		f.image, f.command = "node:22", []string{"node", "index.js"}
		if b.chance(0.4) {
			f.env = append(f.env, [2]string{"NODE_OPTIONS", fmt.Sprintf("--max-old-space-size=%d", int(0.6*b.p.limit/mib))})
		}
	case "postgres":
		f.image = one(b.dice, "postgres:17", "redis:8", "mongo:8")
	default:
		f.image = fmt.Sprintf("registry.example/%s/%s:%d.%d", one(b.dice, "shop", "core", "data", "web"), one(b.dice, "api", "worker", "svc", "engine", "consumer"), b.IntN(9), b.IntN(30))
	}
	return f
}

// javaFacts makes the workload a JVM with a heap of so many bytes.
func (b *builder) javaFacts(max float64) {
	b.p.facts.image = one(b.dice, "eclipse-temurin:21-jre", "amazoncorretto:17", "registry.example/orders/app:7.3")
	b.p.facts.command = []string{"java", "-jar", "/app/app.jar"}
	knob := one(b.dice, "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "command")
	flag := fmt.Sprintf("-Xmx%dm", int(max/mib))
	b.setJava(knob, flag)
}

// javaPercent makes it one whose heap is a share of the limit.
func (b *builder) javaPercent(share float64) {
	b.p.facts.image = one(b.dice, "eclipse-temurin:21-jre", "amazoncorretto:21", "registry.example/orders/app:8.0")
	b.p.facts.command = []string{"java", "-jar", "/app/app.jar"}
	b.setJava(one(b.dice, "JAVA_TOOL_OPTIONS", "command"), fmt.Sprintf("-XX:MaxRAMPercentage=%.1f", share*100))
}

func (b *builder) setJava(knob, flag string) {
	b.p.facts.env = nil
	if knob == "command" {
		b.p.facts.command = []string{"java", flag, "-jar", "/app/app.jar"}
		return
	}
	b.p.facts.env = [][2]string{{knob, flag}}
}
