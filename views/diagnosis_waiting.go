package views

import (
	"fmt"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
)

// progressBar is how wide the bar of a wait is, in cells.
const progressBar = 30

// diagnosisWaiting draws a diagnosis of which nothing is known yet: under way, or failed.
func diagnosisWaiting(f Frame, k data.Key, l Loaded[analysis.Diagnosis], frames int) []string {
	t := f.Theme
	sh := &sheet{t: t, width: f.Width}
	sh.prose(1, t.Strong, "Diagnosis of "+k.String())
	sh.blank()
	if !l.Loading && l.Problem != "" {
		sh.alert(1, t.Bad, t.Glyphs.Bad, "The diagnosis could not be made: "+l.Problem.String())
		sh.blank()
		sh.prose(1, t.Text, fmt.Sprintf("What to do: press %s to try again, %s for the facts and the chart, %s to go back to the list.", f.keyed(stepMake, stepCase, KeyBack)...))
		return sh.lines
	}
	sh.hang(" "+Render(t.Info, turning(t, frames))+" ", t.Text, "Reading 30 days of history "+t.Glyphs.Ellipsis)
	if l.Total > 0 {
		sh.add("   " + bar(t, t.Accent, float64(l.Done)/float64(l.Total), min(progressBar, f.Width-20)) +
			Render(t.Muted, fmt.Sprintf(" %d of %d parts", min(l.Done, l.Total), l.Total)))
	}
	sh.blank()
	sh.prose(1, t.Muted, "Then five steps follow:")
	for i, title := range stepTitles {
		sh.hang(fmt.Sprintf("   %d ", i+1), t.Muted, title.String()+": "+stepPurposes[i])
	}
	return sh.lines
}

// stepPurposes say what each step finds out.
var stepPurposes = [5]string{
	"was it really killed for memory?", "what may it use?", "what did it use?",
	"does it leak, or is the limit too low?", "what to set, and what that costs.",
}
