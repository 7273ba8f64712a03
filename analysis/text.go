package analysis

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/oomedic/oomedic/data"
)

// hoursText returns a number of hours for people: "11 min", "12.9 h", "5.2 days".
func hoursText(h float64) data.Text {
	switch {
	case !finite(h) || h < 0:
		return "an unknown time"
	case h < 1.0/60:
		return data.Textf("%.0f s", h*3600)
	case h < 1:
		return data.Textf("%.0f min", h*60)
	case h < 72:
		return data.Textf("%.1f h", h)
	}
	return data.Textf("%.1f days", h/24)
}

// durationText returns d as hoursText does.
func durationText(d time.Duration) data.Text { return hoursText(d.Hours()) }

// perHour returns a growth in bytes an hour with two digits where it is small: "18Mi", "1.5Mi".
func perHour(v float64) data.Text {
	for _, unit := range []struct {
		size float64
		name string
	}{{float64(data.Gi), "Gi"}, {float64(data.Mi), "Mi"}, {float64(data.Ki), "Ki"}} {
		if n := v / unit.size; math.Abs(n) >= 1 && math.Abs(n) < 9.95 {
			return data.Clean(strings.TrimSuffix(strconv.FormatFloat(n, 'f', 1, 64), ".0") + unit.name)
		}
	}
	return human(v)
}

// percent returns a share as a whole percentage.
func percent(share float64) data.Text { return data.Textf("%.0f%%", 100*share) }
