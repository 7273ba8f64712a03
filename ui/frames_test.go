package ui

import (
	"io"
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

func TestFramesRest(t *testing.T) {
	t.Parallel()
	const fast, slow = time.Second / framesPerSecond, time.Second / restFrames
	key, tick := tea.KeyPressMsg{Code: 'j'}, tickMsg{}
	for name, c := range map[string]struct {
		in   []tea.Msg
		want []time.Duration
	}{
		"the first tick after a key":    {[]tea.Msg{key, tick}, nil},
		"the second":                    {[]tea.Msg{key, tick, tick}, []time.Duration{slow}},
		"it is set once":                {[]tea.Msg{tick, tick, tick, tick}, []time.Duration{slow}},
		"a key wakes it":                {[]tea.Msg{tick, key, key}, []time.Duration{slow, fast}},
		"and keeps it awake":            {[]tea.Msg{tick, key, tick, key, tick, key, tick}, []time.Duration{slow, fast}},
		"until a second without":        {[]tea.Msg{tick, key, tick, tick}, []time.Duration{slow, fast, slow}},
		"a change of the facts wakes":   {[]tea.Msg{tick, heard{}}, []time.Duration{slow, fast}},
		"a steady stream never rests":   {[]tea.Msg{heard{}, tick, heard{}, tick, heard{}, tick}, nil},
		"the terminal's size wakes too": {[]tea.Msg{tick, tea.WindowSizeMsg{Width: 80, Height: 24}}, []time.Duration{slow, fast}},
	} {
		var got []time.Duration
		f := frames{pace: func(d time.Duration) { got = append(got, d) }}
		for _, m := range c.in {
			f.see(m)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: paces %v, want %v", name, got, c.want)
		}
	}
	f := frames{}
	f.see(tick) // a version of Bubble Tea without the ticker: nothing is set
	f.see(key)
}

// A view that a key has changed is drawn at once, and only such a one.
func TestKeysHurry(t *testing.T) {
	t.Parallel()
	const fast, slow, soon = time.Second / framesPerSecond, time.Second / restFrames, hurrySoon
	key, tick, facts := tea.KeyPressMsg{Code: 'j'}, tickMsg{}, heard{}
	type step struct {
		in    tea.Msg // nil: the time of a hurry is over
		after time.Duration
	}
	for name, c := range map[string]struct {
		steps []step
		want  []time.Duration
	}{
		"a key":                           {[]step{{in: key}, {}}, []time.Duration{soon, fast}},
		"a wheel":                         {[]step{{in: tea.MouseWheelMsg{}}, {}}, []time.Duration{soon, fast}},
		"facts wait for their frame":      {[]step{{in: facts}, {}}, nil},
		"a tick waits too":                {[]step{{in: tick}, {}}, []time.Duration{slow}},
		"a key wakes and hurries":         {[]step{{in: tick}, {in: key}, {}}, []time.Duration{slow, fast, soon, fast}},
		"a second one while it hurries":   {[]step{{in: key}, {in: key, after: time.Millisecond}, {}}, []time.Duration{soon, fast}},
		"a second one within a frame":     {[]step{{in: key}, {}, {in: key, after: 5 * time.Millisecond}}, []time.Duration{soon, fast}},
		"a second one after a frame":      {[]step{{in: key}, {}, {in: key, after: 9 * time.Millisecond}, {}}, []time.Duration{soon, fast, soon, fast}},
		"facts after a key":               {[]step{{in: key}, {}, {in: facts, after: 9 * time.Millisecond}}, []time.Duration{soon, fast}},
		"rest that came before its end":   {[]step{{in: key}, {in: tick}, {in: tick}, {}}, []time.Duration{soon, slow}},
		"the end of a hurry comes late":   {[]step{{in: key}, {in: tick}, {in: tick}, {}, {}}, []time.Duration{soon, slow}},
		"a key after such a rest":         {[]step{{in: key}, {in: tick}, {in: tick}, {}, {in: key, after: time.Second}, {}}, []time.Duration{soon, slow, fast, soon, fast}},
		"the first view comes without it": {[]step{{in: tea.WindowSizeMsg{Width: 80, Height: 24}}, {}}, nil},
	} {
		var got []time.Duration
		var ends []func()
		at := start
		f := frames{
			pace: func(d time.Duration) { got = append(got, d) }, now: func() time.Time { return at },
			later: func(d time.Duration, end func()) {
				if d != hurryFor {
					t.Errorf("%s: a hurry of %s", name, d)
				}
				ends = append(ends, end)
			},
		}
		for _, s := range c.steps {
			at = at.Add(s.after)
			if s.in == nil {
				for _, end := range ends {
					end()
				}
				continue
			}
			f.see(s.in)
			f.viewed()
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: paces %v, want %v", name, got, c.want)
		}
	}
	f := frames{}
	f.see(key)
	f.viewed() // a version of Bubble Tea without the ticker: nothing is set
}

// quitter ends at the first message.
type quitter struct{ tea.Model }

func (q quitter) Init() tea.Cmd                       { return func() tea.Msg { return tickMsg{} } }
func (q quitter) Update(tea.Msg) (tea.Model, tea.Cmd) { return q, tea.Quit }
func (q quitter) View() tea.View                      { return tea.NewView("") }

// The version that is linked has the ticker where it is looked for.
func TestRendererTicker(t *testing.T) {
	t.Parallel()
	var f frames
	var p *tea.Program
	in, keep := io.Pipe()
	defer keep.Close() //nolint:errcheck // nobody reads on
	p = tea.NewProgram(quitter{}, tea.WithInput(in), tea.WithOutput(io.Discard), f.filter(func() *tea.Program { return p }))
	if rendererTicker(p) != nil {
		t.Error("there is a ticker before the program runs")
	}
	if _, err := p.Run(); err != nil {
		t.Fatal(err)
	}
	if f.pace == nil {
		t.Error("the running program's ticker was not found: it draws at full pace when nothing happens")
	}
}

// TestAnotherScreenIsWrittenWhole looks for what has every cell written: another screen or help that is shown, and not a
// cursor that moves.
func TestAnotherScreenIsWrittenWhole(t *testing.T) {
	t.Parallel()
	d := drive(t, nil, oomKilled("database-0", 3*time.Minute), oomKilled("database-1", time.Hour))
	for _, c := range []struct {
		key  string
		want bool
	}{{"j", false}, {"?", true}, {"esc", true}, {"d", true}, {"2", false}, {"esc", true}, {":", true}, {"x", false}} {
		was := d.app.painted
		d.press(c.key)
		if got := d.app.painted != was; got != c.want {
			t.Errorf("%s: written whole: %v, want %v", c.key, got, c.want)
		}
	}
	d.send(tea.WindowSizeMsg{Width: 90, Height: 30})
	if _, cmd := d.app.Update(resizedMsg{}); cmd == nil || d.timers[len(d.timers)-1] != (resizedMsg{}) {
		t.Error("a new size is not written whole again when it has settled")
	}
	if d.app.painted = (painted{}); d.app.repaint() == nil || d.app.repaint() != nil {
		t.Error("a new screen is not written whole once")
	}
}
