package analysis

import (
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

// eventChart is an hour of minutes; life(from, to) is a life of a pod between two of its minutes, at v bytes.
func eventChart(lives ...data.Life) *data.Chart {
	from := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	return &data.Chart{From: from, To: from.Add(time.Hour), Step: time.Minute, Lives: lives}
}

func eventLife(pod data.Text, from, to int, v float64) data.Life {
	c := eventChart()
	l := data.Life{Pod: pod}
	for m := from; m <= to; m++ {
		l.T, l.V = append(l.T, c.From.Add(time.Duration(m)*time.Minute).UnixMilli()), append(l.V, v)
	}
	return l
}

func valuesOver(c *data.Chart, values ...float64) data.Samples {
	var s data.Samples
	for i, v := range values {
		s.T, s.V = append(s.T, c.From.Add(time.Duration(10*i)*time.Minute).UnixMilli()), append(s.V, v)
	}
	return s
}

func TestChartEvents(t *testing.T) {
	t.Parallel()
	const mi = float64(1 << 20)
	at := func(c *data.Chart, m int) time.Time { return c.From.Add(time.Duration(m) * time.Minute) }
	for _, tt := range []struct {
		name string
		kind data.Text
		make func() *data.Chart
		want []string // kind and minute
	}{
		{"nothing happens", "Deployment", func() *data.Chart { return eventChart(eventLife("api-77-a", 0, 60, mi)) }, nil},
		{"a limit is raised", "", func() *data.Chart {
			c := eventChart(eventLife("db-0", 0, 60, mi))
			c.Limit, c.Request = valuesOver(c, 512*mi, 512*mi, 768*mi, 768*mi), valuesOver(c, 256*mi, 256*mi, 256*mi, 512*mi)
			return c
		}, []string{"limit 20 limit 512Mi → 768Mi", "request 30 request 256Mi → 512Mi"}},
		{"no limit becomes one", "", func() *data.Chart {
			c := eventChart(eventLife("db-0", 0, 60, mi))
			c.Limit = valuesOver(c, 0, 768*mi)
			return c
		}, nil},
		{"a restart without a kill", "", func() *data.Chart {
			return eventChart(eventLife("db-0", 0, 30, mi), eventLife("db-0", 32, 60, mi))
		}, []string{"restart 32 restart without a known kill"}},
		{"a restart by a kill", "", func() *data.Chart {
			c := eventChart(eventLife("db-0", 0, 30, mi), eventLife("db-0", 32, 60, mi))
			c.Kills = []data.Kill{{At: at(c, 31)}}
			return c
		}, nil},
		{"a restart long after a kill", "", func() *data.Chart {
			c := eventChart(eventLife("db-0", 0, 30, mi), eventLife("db-0", 32, 60, mi))
			c.Kills = []data.Kill{{At: at(c, 20)}}
			return c
		}, []string{"restart 32 restart without a known kill"}},
		{"a rollout", "Deployment", func() *data.Chart {
			c := eventChart(eventLife("api-77-a", 0, 30, mi))
			c.Others = []data.Life{eventLife("api-88-b", 28, 60, mi), eventLife("api-88-c", 31, 60, mi), eventLife("api-77-d", 0, 30, mi)}
			return c
		}, []string{"rollout 28 rollout of api-88"}},
		{"a new pod of one template", "Deployment", func() *data.Chart {
			c := eventChart(eventLife("api-77-a", 0, 30, mi))
			c.Others = []data.Life{eventLife("api-77-b", 28, 60, mi)}
			return c
		}, nil},
		{"jobs that follow each other", "CronJob", func() *data.Chart {
			c := eventChart(eventLife("report-1-a", 0, 10, mi))
			c.Others = []data.Life{eventLife("report-2-a", 30, 40, mi)}
			return c
		}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := tt.make()
			var got []string
			for _, e := range ChartEvents(c, tt.kind) {
				got = append(got, string(e.Kind)+" "+data.Textf("%d", int(e.At.Sub(c.From).Minutes())).String()+" "+e.Says.String())
			}
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
	if ChartEvents(nil, "Deployment") != nil {
		t.Error("no chart has events")
	}
}

func TestBeforeAfter(t *testing.T) {
	t.Parallel()
	const mi = float64(1 << 20)
	c := eventChart(eventLife("db-0", 0, 29, 500*mi), eventLife("db-0", 30, 60, 560*mi))
	c.Limit = valuesOver(c, 512*mi, 512*mi, 512*mi, 768*mi)
	minute := func(m int) time.Time { return c.From.Add(time.Duration(m) * time.Minute) }
	c.Kills = []data.Kill{{At: minute(-5)}, {At: minute(10)}, {At: minute(29)}, {At: minute(45)}}
	before, after := BeforeAfter(c, minute(30))
	if want := (Spell{Max: 500 * mi, Mean: 500 * mi, Points: 30, Kills: 2, Limit: 512 * mi, Long: 30 * time.Minute}); before != want {
		t.Errorf("before %+v, want %+v", before, want)
	}
	if want := (Spell{Max: 560 * mi, Mean: 560 * mi, Points: 31, Kills: 1, Limit: 768 * mi, Long: 30 * time.Minute}); after != want {
		t.Errorf("after %+v, want %+v", after, want)
	}
	if before, _ := BeforeAfter(eventChart(), minute(30)); before.Points != 0 || before.Mean != 0 {
		t.Errorf("without samples: %+v", before)
	}
}
