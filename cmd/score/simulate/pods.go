package simulate

import (
	"time"

	"github.com/oomedic/oomedic/cmd/score/baselines"
)

// Pods returns what a recommender that watched the workload saw: the samples, and all kills of main processes.
func (c *Case) Pods() []baselines.Pod {
	var out []baselines.Pod
	for i, m := range c.meters {
		tr := c.traces[i]
		pods := make([]baselines.Pod, len(tr.pods))
		for l := range m.lives {
			p := &pods[tr.lives[l].pod]
			for k, t := range m.lives[l].T {
				p.Samples = append(p.Samples, baselines.Sample{At: time.UnixMilli(t).UTC(), Bytes: m.lives[l].set[k]})
			}
		}
		for _, k := range tr.kills {
			if !k.child && k.at >= c.now-c.scraping.retention {
				p := &pods[tr.lives[k.life].pod]
				p.Kills = append(p.Kills, c.at(k.at))
			}
		}
		out = append(out, pods...)
	}
	return out
}
