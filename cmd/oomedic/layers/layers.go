// Package layers holds nothing but the test of who may import whom, and of a few things that only one folder may do.
// It reads the sources and builds nothing, so that it tells the truth about a tree that does not compile too.
package layers
