package main

import (
	"fmt"
	"slices"
	"strings"
)

// shortList joins the first n names in order and says how many more there are.
func shortList(names []string, n int) string {
	if len(names) == 0 {
		return "none"
	}
	slices.Sort(names)
	if len(names) <= n {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:n], ", "), len(names)-n)
}
