package main

import (
	"fmt"
	"io"
)

// writeSecondPreface writes what the other generator's tables are and what they are not.
func writeSecondPreface(w io.Writer, o options) {
	fmt.Fprintf(w, "%s", sectionHead)
	fmt.Fprintf(w, `
These tables are printed by %[1]smake score-second%[1]s (part %[2]s, %[3]d cases of each cause and condition). The cases are
synthetic as well, but of another hand: package cmd/score/second was written from what is published on Kubernetes and on
runtimes, by an author who had read neither the rules of the analysis nor the shapes of the first simulator.

What is different:

* **Processes** are parts that are put together and remember what they need: modules that load in steps, heaps of a collector
  that take memory in grains and keep it, caches by the number of keys that are new, jobs that read, receive and hold.
* **Traffic** has a profile of 24 hours with two tops and days of the week instead of a sine; part second-held works in shifts.
  Bursts are crowds that leave as an exponential, storms of clients that try again, swells and plateaus.
* **Forms**: stairs by a schedule, leaks in one replica alone, in a worker that is killed alone, outside of a Java heap, from a
  release on, over three weeks or four minutes; one shard with more data; a limit that was lowered; caches by Heaps' law, by
  a logarithm, read back from disk, or with a bound just above the limit; uploads, exports, images, imports that grow each
  time; requests that wait while the traffic falls; files in memory that outlive the container; peaks that a release brings.
* **Measurement**: looks every 10 to 20 seconds, scrapes every 15 to 60 (degraded: 30 to 120), which fail in runs, outages of minutes to
  eight hours, retention of 7 to 30 days; reads, network, or sockets and threads missing alone. Steps of 2 to 15 seconds.
* **Ranges**: 1 to 12 replicas, limits of 64Mi to 16Gi, histories of minutes to 30 days, the first kill as well as the hundredth.

What is not: labels, tables and the arithmetic of what a Prometheus answers are the first simulator's, and both generators
come from one project. A metric stays where nobody could tell the cause without it (bursts keep metrics of load); else
metrics are missing at random. The analysis was corrected with part **second-dev** at hand; **second-held** has other seeds, ranges, days, heights
and noise, and nothing of it is ever shown but these tables. Each shape of a cause comes up as often as the next.
`, "`", o.part, o.cases)
}
