package analysis

import "github.com/oomedic/oomedic/data"

var unknownCause = cause{
	id: UnknownCause, title: "Cause not known",
	doc: "Nothing seen tells one cause from another.",
	score: func(f *facts) finding {
		switch {
		case !f.seen():
			return finding{score: 0.45, summary: "The kill is certain, its cause is not: without memory history no cause can be told from another.",
				advice: []data.Text{"Connect a Prometheus that scrapes the kubelets (--prometheus-url) to see how memory went before the kill."}}
		case f.eligible == 0 && f.judged == 0:
			return finding{score: 0.40, summary: "The lives that were seen have too few samples to show how memory went.",
				advice: []data.Text{"Scrape the kubelet every 10 to 15 seconds to see short lives."}}
		}
		return finding{score: 0.20, summary: "What was seen fits no single cause well."}
	},
}
