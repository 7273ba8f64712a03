package analysis

import (
	"time"

	"github.com/oomedic/oomedic/data"
)

// How long it must stay quiet after a fix before that means something. If kills came at random with the usual life as
// their mean distance, three such lives without one would happen by chance one time in twenty (e^-3 = 5%).
const (
	quietLives      = 3
	quietUnknown    = 24 * time.Hour // when the usual life is not known
	quietLeast      = 2 * time.Minute
	quietAtMostDays = 7
)

// Heal judges whether a fix applied at appliedAt ended the kills. usualLife is how long a container lived before it was
// killed, nil when unknown; killsSince are kills of the new pods (older ones are left out); newPods is how many pods
// have the new size.
func Heal(usualLife *time.Duration, appliedAt, now time.Time, killsSince []data.Kill, newPods int) Healing {
	h := Healing{Watched: max(now.Sub(appliedAt), 0), Usual: usualLife}
	quiet := quietUnknown
	if usualLife != nil && *usualLife > 0 {
		quiet = min(max(quietLives*min(*usualLife, quietAtMostDays*24*time.Hour), quietLeast), quietAtMostDays*24*time.Hour)
	}
	for _, k := range data.MergeKills(killsSince, nil) {
		if k.At.After(appliedAt) {
			h.Killed = append(h.Killed, k)
		}
	}
	switch n := len(h.Killed); {
	case n > 0:
		h.Says = data.Textf("killed again: %s, the last %s ago", count(n, "time"), age(now.Sub(h.Killed[n-1].At)))
	case newPods <= 0:
		h.Says = data.Textf("applied %s ago, no pod has the new size yet", age(h.Watched))
	case usualLife == nil || *usualLife <= 0:
		h.Says = data.Textf("no kill for %s, how long it used to live is not known", age(h.Watched))
	default:
		h.Says = data.Textf("no kill for %s, usual life was %s", age(h.Watched), age(*usualLife))
	}
	h.Enough = len(h.Killed) == 0 && newPods > 0 && h.Watched >= quiet
	return h
}

// age returns a duration for people with at most two units: 45s, 12m, 3h20m, 41h, 3d4h.
func age(d time.Duration) data.Text {
	if d < 0 {
		d = 0
	}
	switch {
	case d < time.Minute:
		return data.Textf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return data.Textf("%dm", int(d.Minutes()))
	case d < 10*time.Hour:
		if m := int(d.Minutes()) % 60; m > 0 {
			return data.Textf("%dh%dm", int(d.Hours()), m)
		}
		return data.Textf("%dh", int(d.Hours()))
	case d < 72*time.Hour:
		return data.Textf("%dh", int(d.Hours()+0.5))
	}
	days, hours := int(d.Hours())/24, int(d.Hours())%24
	if hours > 0 && days < 10 {
		return data.Textf("%dd%dh", days, hours)
	}
	return data.Textf("%dd", days)
}
