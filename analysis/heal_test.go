package analysis

import (
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

func TestHeal(t *testing.T) {
	t.Parallel()
	applied := noon.Add(-42 * time.Minute)
	usual := ptr(11 * time.Minute)
	h := Heal(usual, applied, noon, []data.Kill{{At: applied.Add(-time.Minute)}}, 2)
	if h.Says != "no kill for 42m, usual life was 11m" || !h.Enough || len(h.Killed) != 0 || h.Watched != 42*time.Minute {
		t.Errorf("%+v", h)
	}
	if h := Heal(usual, noon.Add(-30*time.Minute), noon, nil, 2); h.Enough {
		t.Error("30 minutes are less than three lives")
	}
	h = Heal(usual, applied, noon, []data.Kill{{At: noon.Add(-3 * time.Minute)}, {At: noon.Add(-20 * time.Minute)}}, 2)
	if h.Enough || len(h.Killed) != 2 || h.Says != "killed again: 2 times, the last 3m ago" {
		t.Errorf("%+v", h)
	}
	if h := Heal(usual, applied, noon, nil, 0); h.Enough || h.Says != "applied 42m ago, no pod has the new size yet" {
		t.Errorf("%+v", h)
	}
	if h := Heal(nil, applied, noon, nil, 1); h.Enough {
		t.Error("without a usual life 42 minutes prove nothing")
	}
	if h := Heal(nil, noon.Add(-25*time.Hour), noon, nil, 1); !h.Enough {
		t.Error("a day without a kill")
	}
	if h := Heal(usual, noon.Add(time.Hour), noon, nil, 1); h.Watched != 0 || h.Enough {
		t.Errorf("applied in the future: %+v", h)
	}
}

func TestAge(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]data.Text{
		-time.Second: "0s", 45 * time.Second: "45s", 12 * time.Minute: "12m", 200 * time.Minute: "3h20m", 2 * time.Hour: "2h",
		41 * time.Hour: "41h", 76 * time.Hour: "3d4h", 72 * time.Hour: "3d", 400 * time.Hour: "16d",
	} {
		if got := age(d); got != want {
			t.Errorf("age(%v) = %s, want %s", d, got, want)
		}
	}
}
