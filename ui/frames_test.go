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
