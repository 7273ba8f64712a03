package views

import "strings"

// likeness are the signs of texts and cuts that are not ASCII, and what stands for each in as many cells.
var likeness = strings.NewReplacer("…", "~", "×", "x", "·", ".", "→", ">", "←", "<", "≥", ">", "≤", "<", "≈", "~", "–", "-", "—", "-", "−", "-",
	"°", "o", "“", `"`, "”", `"`, "’", "'", "›", ">", "✓", "+", "✗", "x", "▍", ">", "─", "-", "│", "|", "┤", "|", "├", "|", "┬", "-", "┴", "-",
	"┼", "+", "└", "+", "┘", "+", "┌", "+", "┐", "+", "●", "*", "○", "o", "▲", "^", "▼", "v", "◐", "%", "◆", "R", "◇", "L")

// ASCII writes a frame with ASCII signs where each has a likeness of the same width.
func ASCII(s string) string { return likeness.Replace(s) }
