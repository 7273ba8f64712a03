// Package baselines holds the sizes that other tools would give, for comparison.
package baselines

import (
	"errors"
	"fmt"
	"time"

	"k8s.io/autoscaler/vertical-pod-autoscaler/pkg/recommender/logic"
	"k8s.io/autoscaler/vertical-pod-autoscaler/pkg/recommender/model"
)

// VPAVersion is the version of the VerticalPodAutoscaler's module whose recommender runs here; go.mod pins it.
const VPAVersion = "v1.8.1"

// vpaEvery is how often the recommender fetches metrics by default (--recommender-interval).
const vpaEvery = time.Minute

// vpaConfig are the defaults of the recommender's flags (pkg/recommender/config of the module).
var vpaConfig = logic.RecommendationConfig{
	SafetyMarginFraction: 0.15, PodMinCPUMillicores: 25, PodMinMemoryMb: 250,
	TargetCPUPercentile: 0.9, LowerBoundCPUPercentile: 0.5, UpperBoundCPUPercentile: 0.95, ConfidenceIntervalCPU: 24 * time.Hour,
	TargetMemoryPercentile: 0.9, LowerBoundMemoryPercentile: 0.5, UpperBoundMemoryPercentile: 0.95, ConfidenceIntervalMemory: 24 * time.Hour,
}

// The module keeps the settings of its histograms in a variable that it fills at first use, which is not safe for
// several goroutines; here it is filled before there are any.
var _ = model.GetAggregationsConfig()

// Sample is a working set in bytes at a time.
type Sample struct {
	At    time.Time
	Bytes float64
}

// Pod is one pod as a recommender sees it: its samples and the kills of its container, oldest first.
type Pod struct {
	Samples []Sample
	Kills   []time.Time
}

// VPA returns the memory target in bytes of the recommender of the VerticalPodAutoscaler with its default settings. By
// default VPA makes it the request and scales the limit in proportion. Pods without a request have their limit as one,
// as in Kubernetes. The recommender is given a sample a minute, as often as it fetches metrics by default, and every
// kill. The error is not nil when it has no target.
func VPA(pods []Pod, request, limit int64) (int64, error) {
	if request <= 0 {
		request = limit
	}
	if request <= 0 {
		return 0, errors.New("there is neither a request nor a limit")
	}
	state := model.NewAggregateContainerState()
	for _, p := range pods {
		if err := feed(state, p, model.ResourceAmount(request), vpaEvery); err != nil {
			return 0, err
		}
	}
	r := logic.CreatePodResourceRecommender(vpaConfig)
	got := r.GetRecommendedPodResources(model.ContainerNameToAggregateStateMap{"app": state})
	target := float64(got["app"].Target[model.ResourceMemory])
	if target <= 0 {
		return 0, errors.New("the recommender gave no target")
	}
	return int64(target), nil
}

// feed gives one pod to the recommender, in order of time.
func feed(state *model.AggregateContainerState, p Pod, request model.ResourceAmount, every time.Duration) error {
	c := model.NewContainerState(model.Resources{model.ResourceMemory: request}, state)
	kills := p.Kills
	var fetched time.Time
	for _, s := range p.Samples {
		for len(kills) > 0 && kills[0].Before(s.At) {
			if err := c.RecordOOM(kills[0], request); err != nil {
				return fmt.Errorf("tell the recommender of a kill: %w", err)
			}
			kills = kills[1:]
		}
		if s.At.Sub(fetched) < every {
			continue
		}
		fetched = s.At
		c.AddSample(&model.ContainerUsageSample{MeasureStart: s.At, Usage: model.MemoryAmountFromBytes(s.Bytes), Resource: model.ResourceMemory})
	}
	for _, k := range kills {
		if err := c.RecordOOM(k, request); err != nil {
			return fmt.Errorf("tell the recommender of a kill: %w", err)
		}
	}
	return nil
}
