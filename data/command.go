package data

import "strings"

// settable are the kinds whose pod template "kubectl set resources" can change and whose running objects take it. A
// Job is not among them: its template cannot be changed.
var settable = map[Text]bool{"Deployment": true, "StatefulSet": true, "DaemonSet": true, "CronJob": true}

// SetResourcesCommand returns the kubectl command that gives a container of a workload the memory of r, such as
// "kubectl set resources statefulset/database -n shop -c postgres --limits=memory=768Mi --requests=memory=512Mi". A
// value that is nil is left out. It is empty for kinds that kubectl cannot change so, and when r has no value.
func SetResourcesCommand(w Workload, container Text, r Resources) Text {
	if !settable[w.Kind] || w.Name == "" || (r.Limit == nil && r.Request == nil) {
		return ""
	}
	words := []string{"kubectl", "set", "resources", ShellQuote(w.Ref())}
	if w.Namespace != "" {
		words = append(words, "-n", ShellQuote(w.Namespace))
	}
	words = append(words, "-c", ShellQuote(container))
	if r.Limit != nil {
		words = append(words, "--limits=memory="+Quantity(*r.Limit))
	}
	if r.Request != nil {
		words = append(words, "--requests=memory="+Quantity(*r.Request))
	}
	return Text(strings.Join(words, " "))
}

// ShellQuote returns t as one word of a POSIX shell. A word of letters, digits and the marks that names of the API
// are made of stays as it is; any other is put in single quotes.
func ShellQuote(t Text) string {
	s := t.String()
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !plainShell(r) }) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// plainShell reports whether r means nothing to a shell.
func plainShell(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		return true
	}
	return strings.ContainsRune("-_./:=@%+,", r)
}
