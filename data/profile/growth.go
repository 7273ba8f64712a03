package profile

import "github.com/oomedic/oomedic/data"

// Growth is data.ProfileGrown, beside what reads the profiles.
func Growth(earlier, later *data.MemoryProfile) []data.ProfileGrowth {
	return data.ProfileGrown(earlier, later)
}
