package main

import (
	"fmt"
	"io"

	"github.com/oomedic/oomedic/cmd/score/baselines"
)

// writePreface writes what the tables are and what they are not.
func writePreface(w io.Writer, o options) {
	fmt.Fprintf(w, `# How right the diagnosis is

These tables are printed by %[1]smake score%[1]s (part %[2]s, %[3]d cases of each cause and condition). They are measured on
**synthetic cases**: no cluster's data is in them, and a real fleet has another mix of causes and other troubles.

How a case is made. A workload's true need for memory is drawn from one of several shapes of a cause, with load, noise,
restarts and rollouts. A model of kernel and kubelet kills it at its limit and restarts it with the back-off of the
kubelet. A model of the measurement sees it as cAdvisor and Prometheus would: housekeeping every 10 to 15 seconds,
scrapes every 15 to 60 seconds, lost scrapes, gaps, pairs of Prometheus, retention of 10 to 30 days, kills that
kube-state-metrics missed. The diagnosis gets what the API server and the metrics would tell, and nothing else.

* **clean** has few losses. **degraded** has one to three gaps of up to six hours, 2 to 12 %% of scrapes lost, scrapes every
  one or two minutes, twice the noise, and often no metrics of load, of the parts of memory, of the limit or of kills.
* There are two parts. The analysis may be tuned on **dev**. **held** has other seeds, other forms (growth by a Weibull law
  instead of a line, spikes of Pareto instead of log-normal heights, sawtooths of garbage collection, heavy-tailed noise,
  office hours instead of a sine) and other ranges.
* The simulator and the analysis were made apart: neither was written with the other's forms or thresholds at hand. The
  simulator's forms follow what is published on Kubernetes, the kernel and the runtimes. Both still come from one project,
  so that a form which nobody thought of is missing in both. Nothing of part held is ever shown but these tables.
* The classes are equally frequent here, which they are in no cluster. Of 25 cases a share of 0.9 is known to about ±0.12, of
  the 275 of a condition to about ±0.04.

A limit's result is found by letting the same workload go on for 14 days of true need under it, once, with new pods. The
knobs of a runtime stay as they are, also where the advice is to turn them. The other policies get the same samples:

* **VPA** is the recommender of k8s.io/autoscaler/vertical-pod-autoscaler %[4]s with its default settings, given every
  kill. By default it sets the request to its target and scales the limit in proportion; the row "limit = target" is a pod
  whose limit is its request. In a cluster it would go on learning, here its one answer counts.
* **KRR** is its simple strategy (maximum of 14 days and 15 %%; with OOM data at least the limit and 25 %%), reimplemented
  from what is published.

Of each condition a tenth of the cases is also written into a storage of Prometheus and read back through its query
engine by the code that reads live clusters; the answer has to be the same.

Beside the simulator stands one real node: Kubernetes 1.37.2 with containerd 2.4 on cgroup v1, a kubelet that is scraped
every few seconds, and containers that really are killed. Ten minutes after the start a program that leaks 2 MiB a second
under 48 MiB was called a leak that grows by 2.03 MiB a second, 1.5 %% too much; its next kills were
foretold in 91 and 89 seconds and came after 94 and 92. Files in /dev/shm were called shared memory, a database that
asks for 60 MiB at once a sudden spike, and a job that outgrew its limit a large input.
`, "`", o.part, o.cases, baselines.VPAVersion)
}
