package views

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones of the table, also where the system has none

	"github.com/charmbracelet/x/ansi"

	"github.com/oomedic/oomedic/data"
)

func TestYTicksAreRound(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		top  float64
		rows int
		want string
	}{
		{52 * float64(data.Mi), 12, "16Mi 32Mi 48Mi"},
		{553 * float64(data.Mi), 12, "256Mi 512Mi"},
		{8.6 * float64(data.Gi), 15, "2Gi 4Gi 6Gi 8Gi"},
		{1 << 20, 3, "1Mi"},
		{1, 9, "1B"},
		{1e18, 6, "512Pi"},
	} {
		var got []string
		for _, v := range yTicks(tt.top, tt.rows) {
			got = append(got, data.HumanBytes(v))
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("top %g in %d rows: %s, want %s", tt.top, tt.rows, s, tt.want)
		}
	}
}

func TestXTicksFollowTheZone(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		zone   string
		to     time.Time
		window time.Duration
		want   string
	}{
		{"UTC", fixedNow, time.Hour, "02:15 02:30 02:45 03:00"},
		{"UTC", fixedNow, 24 * time.Hour, "06:00 12:00 18:00 00:00"},
		{"Asia/Kolkata", fixedNow, 24 * time.Hour, "12:00 18:00 00:00 06:00"},
		{"UTC", fixedNow, 7 * 24 * time.Hour, "Wed 18 Fri 20 Sun 22"},
		{"UTC", fixedNow, 30 * 24 * time.Hour, "Oct 31 Nov 7 Nov 14 Nov 21"},
		// The clocks of Berlin went back at 01:00 UTC: the day has 25 hours, and its labels stay round.
		{"Europe/Berlin", time.Date(2026, 10, 25, 22, 30, 0, 0, time.UTC), 24 * time.Hour, "06:00 12:00 18:00"},
	} {
		zone, err := time.LoadLocation(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		f := &chartFrame{from: tt.to.Add(-tt.window).UnixMilli(), to: tt.to.UnixMilli(), w: 45}
		var got []string
		for _, at := range xTicks(f, zone) {
			got = append(got, at.Format(xLayout(tt.window)))
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s %s: %s, want %s", tt.zone, tt.window, s, tt.want)
		}
	}
	if got := xTicks(&chartFrame{to: 1 << 60, w: 80}, time.UTC); got != nil {
		t.Errorf("a window of millions of years has %d labels", len(got))
	}
}

func TestChartLabelsLimitAndRequest(t *testing.T) {
	t.Parallel()
	c, opt := ramp(), chartOpt(t, "dark")
	opt.Limit, opt.Request = ptr(60*data.Mi), ptr(30*data.Mi)
	out := ansi.Strip(drawChart(c, 80, 14, opt))
	for _, want := range []string{"60Mi┤", "30Mi┤", "0└"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}
