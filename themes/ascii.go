package themes

// ASCII returns the theme with ASCII signs alone: no boxes, no blocks, no braille.
func (t *Theme) ASCII() *Theme {
	out := *t
	out.Glyphs = asciiGlyphs
	return &out
}
