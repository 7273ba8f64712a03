package kube

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/oomedic/oomedic/data"
)

// settings are all that a change sets in one container and its volumes: the memory, the runtime's words and the size of
// an emptyDir. words[i].After is what is to stand and words[i].Before what is not.
type settings struct {
	memory data.Resources
	words  []data.KnobChange
	size   *data.VolumeSize // zero bytes for none; nil when no volume is named
}

// wantedOf are the settings that a plan stores.
func wantedOf(p *data.Plan) settings {
	s := settings{memory: p.After, words: p.Change.Knobs, size: p.Change.SizeLimit}
	if p.Change.DropSize != "" {
		s.size = &data.VolumeSize{Volume: p.Change.DropSize}
	}
	return s
}

// entrySettings are those before and after a change of the journal, for the object of a target.
func entrySettings(e *data.JournalEntry, t *data.Target) (before, after settings) {
	return settings{t.Before, turned(e.Knobs), e.SizeBefore}, settings{t.After, e.Knobs, e.SizeAfter}
}

// turned are changes of words the other way round.
func turned(words []data.KnobChange) []data.KnobChange {
	out := slices.Clone(words)
	for i := range out {
		out[i].Before, out[i].After = out[i].After, out[i].Before
	}
	return out
}

// stands reports whether an object gives a container these settings.
func (o *owner) stands(container data.Text, s settings) bool {
	if !sameMemory(o.memory(container), s.memory) {
		return false
	}
	c, _ := o.container(container)
	for _, k := range s.words {
		if c == nil || !wordStands(c, k, k.After) || k.Before != k.After && wordStands(c, k, k.Before) {
			return false
		}
	}
	return s.size == nil || sizeOf(o, s.size.Volume) == s.size.Bytes
}

// wordStands reports whether a word stands as a whole where a change of a setting has its place.
func wordStands(c *corev1.Container, k data.KnobChange, word data.Text) bool {
	k.Before, k.After = word, word
	stands := func(text string) bool { _, ok := swap(text, k); return ok }
	switch k.Place {
	case data.KnobInEnv:
		return slices.ContainsFunc(c.Env, func(e corev1.EnvVar) bool { return e.Name == k.Name.String() && stands(e.Value) })
	case data.KnobInArgs:
		return slices.ContainsFunc(c.Args, stands)
	case data.KnobInCommand:
		return slices.ContainsFunc(c.Command, stands)
	}
	return false
}

// sizeOf is the sizeLimit of an emptyDir of the template in bytes; zero when it has none.
func sizeOf(o *owner, volume data.Text) int64 {
	for _, v := range o.template.Spec.Volumes {
		if v.Name == volume.String() && v.EmptyDir != nil && v.EmptyDir.SizeLimit != nil {
			return v.EmptyDir.SizeLimit.Value()
		}
	}
	return 0
}

// found compares an object with what a change was to make of it, for a program that ended before it knew.
func found(o *owner, container data.Text, before, after settings) (data.TargetState, data.Text) {
	was, is := o.stands(container, before), o.stands(container, after)
	switch {
	case is && !was:
		return data.TargetStored, ""
	case was && !is:
		return data.TargetFailed, "it has its former values: the change did not reach it"
	case was:
		return data.TargetUnknown, "its former and its new values are the same, so that nothing shows whether the change reached it"
	}
	text := spoken(o.memory(container))
	if len(after.words) > 0 || after.size != nil {
		text += " and other settings beside it"
	}
	return data.TargetUnknown, data.Textf("it has %s by now, neither the former nor the new values", strings.TrimSpace(text))
}
