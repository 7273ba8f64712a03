package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/demo"
	"github.com/oomedic/oomedic/data/kube"
	"github.com/oomedic/oomedic/data/prom"
)

// The sandbox's shop is killed by many requests at once and its thumbnailer by huge pictures, whatever the hour.
func TestLoadOfTheSandboxAtEveryHour(t *testing.T) {
	want := map[data.Text]analysis.Class{"checkout": analysis.ConcurrentRequests, "thumbnailer": analysis.LargeFile}
	for _, hour := range []int{2, 16} {
		t.Run(fmt.Sprintf("%02d:20", hour), func(t *testing.T) {
			t.Parallel()
			now := func() time.Time { return time.Date(2026, 11, 18, hour, 20, 0, 0, time.UTC) }
			box, err := demo.Start(context.Background(), demo.Options{Now: now})
			if err != nil {
				t.Fatal(err)
			}
			r, err := prom.Dial(box.Address(), prom.Options{Transport: box.Transport(), Timeout: 10 * time.Minute, Now: now})
			if err != nil {
				t.Fatal(err)
			}
			store := data.NewStore(now)
			if err := kube.NewFor(box.Clientset(), "embedded", kube.Options{Now: now}).List(t.Context(), store); err != nil {
				t.Fatal(err)
			}
			killed, _ := analysis.Cases(store.Snapshot().Containers, nil, 24*time.Hour, now())
			seen := map[data.Text]bool{}
			for _, k := range killed {
				name := k.Container.Workload.Name
				if want[name] == "" || seen[name] {
					continue
				}
				seen[name] = true
				h, err := r.History(t.Context(), &k.Container, func(int, int) {})
				if err != nil {
					t.Fatal(err)
				}
				d := analysis.Diagnose(analysis.Input{Case: k, History: h, Price: analysis.DefaultPrice, Now: now()})
				if d.Cause.Class != want[name] {
					t.Errorf("%s: %s (%.2f), want %s; %v", name, d.Cause.Class, d.Cause.Confidence, want[name], d.Cause.Evidence)
				}
			}
			if len(seen) != len(want) {
				t.Errorf("only %v were killed within a day", seen)
			}
		})
	}
}
