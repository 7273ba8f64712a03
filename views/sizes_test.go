package views

import "testing"

// wideSizes are the sizes of screens that are compared from the smallest terminal to a very large one.
var wideSizes = []size{
	{"40x12", 40, 9}, {"80x24", 80, 21}, {"120x40", 120, 37}, {"200x60", 200, 57},
}

// everySize compares a screen at every wide size, without colour.
func everySize(t *testing.T, name string, s Screen) {
	t.Helper()
	for _, sz := range wideSizes {
		golden(t, name+"@"+sz.name, s.View(frameOf(t, "mono", sz.width, sz.height)))
	}
}
