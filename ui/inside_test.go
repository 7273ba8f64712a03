//go:build benchui

package ui

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// What is measured inside: a list of so many cases, for so long.
const (
	insideCases = 10_000
	insideFor   = 20 * time.Second
)

// TestInside measures each Update and each View while 200 changes a second come in, and prints both for bench-ui.
func TestInside(t *testing.T) {
	updates, views := insideTimes(t)
	fmt.Printf("Update = %s\nView = %s\n", times(updates), times(views))
}

// times writes a median, a 99th percentile and the longest of times.
func times(d []time.Duration) string {
	if len(d) == 0 {
		return "none"
	}
	d = slices.Clone(d)
	slices.Sort(d)
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d.Microseconds())/1000) }
	return fmt.Sprintf("%s / %s / %s ms", ms(d[len(d)/2]), ms(d[len(d)*99/100]), ms(d[len(d)-1]))
}

// insideTimes runs the app without a terminal on the changing list, with a key every 20 ms, and measures each Update and
// each View.
func insideTimes(t *testing.T) (updates, views []time.Duration) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := data.NewStore(time.Now)
	put := func(i int, restarts int32) {
		c := oomKilled(data.Textf("service-%04d-x2x4q", i), time.Duration(i)*time.Second)
		c.Workload.Name, c.Restarts = data.Textf("service-%04d", i), restarts
		s.Put(data.Pod{Key: c.PodKey(), Containers: []data.Container{c}})
	}
	for i := range insideCases {
		put(i, 12)
	}
	s.SetHealth("", data.Live, "")
	app, err := New(ctx, Options{Source: s, Cluster: &fakeCluster{}, Where: data.Cluster{Context: "bench"}, MetricsProblem: "none",
		Since: 24 * time.Hour, Theme: "dark", Price: analysis.DefaultPrice, Now: func() time.Time { return start.Add(time.Minute) }, Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		tick := time.NewTicker(5 * time.Millisecond) // 200 changes a second
		defer tick.Stop()
		for n := int32(13); ; n++ {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				put(int(n*7919)%insideCases, n)
			}
		}
	}()
	msgs := make(chan tea.Msg)
	var run func(tea.Cmd)
	run = func(cmd tea.Cmd) {
		if cmd == nil {
			return
		}
		go func() {
			m := cmd()
			if batch, ok := m.(tea.BatchMsg); ok {
				for _, c := range batch {
					run(c)
				}
				return
			}
			select {
			case msgs <- m:
			case <-ctx.Done():
			}
		}()
	}
	send := func(m tea.Msg) {
		begin := time.Now()
		_, cmd := app.Update(m)
		middle := time.Now()
		_ = app.View()
		updates, views = append(updates, middle.Sub(begin)), append(views, time.Since(middle))
		run(cmd)
	}
	run(app.Init())
	send(tea.WindowSizeMsg{Width: 120, Height: 40})
	press, end, n := time.NewTicker(20*time.Millisecond), time.After(insideFor), 0
	defer press.Stop()
	for {
		select {
		case m := <-msgs:
			if m != nil {
				send(m)
			}
		case <-press.C:
			n++
			send(tea.KeyPressMsg{Code: rune("jjjk"[n%4]), Text: string("jjjk"[n%4])})
		case <-end:
			return updates, views
		}
	}
}
