package views

import (
	"testing"
	"time"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// seriesOf makes the series of a chart with the kills that the API server knows.
func seriesOf(c *data.Chart, kills ...data.Kill) *caseSeries {
	var s caseSeries
	s.update(c, &analysis.Case{Container: data.Container{Kills: kills, Resources: data.Resources{Limit: ptr(64 * data.Mi)}}}, zoomRange{})
	return &s
}

func events(s *caseSeries) []string {
	var out []string
	for _, r := range s.rows {
		if r.event != "" {
			out = append(out, time.UnixMilli(r.at).UTC().Format("15:04")+" "+r.event)
		}
	}
	return out
}

func TestSeriesEvents(t *testing.T) {
	t.Parallel()
	at := func(minute int) time.Time { return fixedNow.Add(-time.Hour + time.Duration(minute)*time.Minute) } // from 02:12 on
	for _, tt := range []struct {
		name   string
		change func(*data.Chart)
		kills  []data.Kill
		want   []string
	}{
		{"nothing happens", func(*data.Chart) {}, nil, nil},
		{"a kill belongs to the sample before it", func(*data.Chart) {}, []data.Kill{{At: at(20).Add(30 * time.Second)}}, []string{"02:32 kill"}},
		{"a kill that both sources know is one", func(c *data.Chart) { c.Kills = []data.Kill{{At: at(20)}} },
			[]data.Kill{{At: at(20).Add(time.Second)}}, []string{"02:32 kill"}},
		{"a kill outside of the window is left out", func(*data.Chart) {}, []data.Kill{{At: at(-1)}, {At: at(61)}}, nil},
		{"a silence and a kill in it", func(c *data.Chart) { c.Lives[0].Samples = without(c.Lives[0].Samples, 20, 40) },
			[]data.Kill{{At: at(30)}}, []string{"02:31 no data 21m", "02:42 kill"}},
		{"a second life", func(c *data.Chart) {
			s := c.Lives[0].Samples
			c.Lives = []data.Life{{Samples: s.Between(at(0), at(30))}, {Samples: s.Between(at(31), at(61))}}
		}, []data.Kill{{At: at(30)}}, []string{"02:41 kill", "02:43 start"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := ramp()
			tt.change(c)
			got := events(seriesOf(c, tt.kills...))
			if len(got) != len(tt.want) {
				t.Fatalf("%q, want %q", got, tt.want)
			}
			for i := range got {
				if got[i] != tt.want[i] {
					t.Errorf("%q, want %q", got[i], tt.want[i])
				}
			}
		})
	}
}

func TestSeriesNumbers(t *testing.T) {
	t.Parallel()
	s := seriesOf(ramp())
	mi := float64(data.Mi)
	if s.count != 61 || s.lowest != 16*mi || s.highest != 46*mi || s.last != 46*mi || s.coverage != 1 {
		t.Errorf("%d samples from %g to %g, last %g, coverage %g", s.count, s.lowest/mi, s.highest/mi, s.last/mi, s.coverage)
	}
	if got := s.rows[0].share(); got == nil || *got != 0.25 {
		t.Errorf("the first sample is %v of the limit, want 0.25", got)
	}
	c := ramp()
	c.Lives[0].Samples = without(c.Lives[0].Samples, 0, 30)
	if s := seriesOf(c); s.coverage < 0.49 || s.coverage > 0.52 {
		t.Errorf("half of the samples cover %g", s.coverage)
	}
	if r := (caseRow{value: 5}); r.share() != nil {
		t.Error("a share of an unknown limit is known")
	}
	if s := seriesOf(nil); s.chart != nil || s.near(fixedNow) != -1 {
		t.Error("no chart has rows")
	}
}

func TestSeriesIsMadeOnce(t *testing.T) {
	t.Parallel()
	var s caseSeries
	c, found := ramp(), &analysis.Case{}
	s.update(c, found, zoomRange{})
	made := s.chart
	if s.update(c, found, zoomRange{}); s.chart != made {
		t.Error("the same chart is prepared again")
	}
	found.Container.Kills = []data.Kill{{At: fixedNow.Add(-time.Minute)}}
	if s.update(c, found, zoomRange{}); s.chart == made || len(s.chart.Kills) != 1 {
		t.Error("a new kill does not reach the chart")
	}
	if len(c.Kills) != 0 {
		t.Error("the chart that was given has been changed")
	}
}
