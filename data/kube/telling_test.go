package kube_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// TestApplyTellsHowFarItIs goes the way of both, pod and template, and holds what is told in between.
func TestApplyTellsHowFarItIs(t *testing.T) {
	t.Parallel()
	s := newSmall()
	c := through(t, &faulty{server: s, rnd: rand.New(rand.NewPCG(1, 1))}, kube.Options{})
	p, err := c.Plan(t.Context(), data.Change{Workload: workload("Deployment", "shop", "api"), Container: "app", Limit: bytes(768 * data.Mi), Way: data.WayBoth})
	must(t, err)
	var told [][]data.Target
	a, err := c.ApplyTelling(t.Context(), p, func(all []data.Target) { told = append(told, all) })
	must(t, err)
	var got []string
	for _, all := range told {
		text := ""
		for _, one := range all {
			text += string(one.State) + "/" + string(one.Resize) + " "
		}
		got = append(got, text)
	}
	want := []string{"waiting/ waiting/ ", "stored/pending waiting/ ", "stored/done waiting/ ", "stored/done stored/ "}
	if !slices.Equal(got, want) {
		t.Errorf("told\n%q, want\n%q", got, want)
	}
	told[0][0].Name = "changed" // what was told is the listener's own
	if a.Targets[0].Name != "api-1" {
		t.Error("the listener holds the targets of the change itself")
	}
}
