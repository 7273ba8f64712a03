package views

import "charm.land/bubbles/v2/key"

// caseWords are the words of the chart and its numbers, for help.
var caseWords = []key.Binding{
	word("working set", "The memory that is held against the limit: usage less the file cache that the kernel takes back first."),
	word("max, mean of points", "Of what the chart shows. A point is the highest value of its step, so that the mean is a little high; p95 and p99 are of all samples."),
	word("coverage", "The part of the window that has samples."),
	word("kill, start, no data", "It was killed for memory; it began anew; nobody measured it, and no line is drawn there."),
	word("QoS", "Guaranteed pods are the last that a node without memory kills, BestEffort the first."),
}

// Words are the words of the screen with what they mean.
func (s *CaseScreen) Words() []key.Binding { return caseWords }

// stepWords are the words of the five steps, for help.
var stepWords = []key.Binding{
	word("clear, careful", "✓ The evidence is whole and of one mind. ! Something is missing, or speaks for more than one answer: the step says what."),
	word("99% sure", "How sure the answer is. What could not be read lowers it; docs/accuracy.md says how often such answers are right."),
	word("promql:", "The query that shows the same in any Prometheus; $ stands before a kubectl command."),
}

// Words are the words of the screen with what they mean.
func (s *DiagnosisScreen) Words() []key.Binding { return stepWords }
