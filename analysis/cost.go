package analysis

import (
	"fmt"
	"math"
	"strings"

	"github.com/oomedic/oomedic/data"
)

// hoursPerMonth is the month of OpenCost's prices (its constant HoursPerMonth).
const hoursPerMonth = 730

// leastReplicaShare is how many of the replicas must be left for a change without cost to be worth naming: with fewer
// the pods that are left would carry more than twice the load.
const leastReplicaShare = 0.5

// CostOf returns what it costs to change a container's request and limit. before, after, limitBefore and limitAfter
// are bytes; nil before means that none is set and counts as zero, nil after means that it stays. Memory is billed by
// what is requested, because that is what the scheduler sets aside: a higher limit alone costs nothing and only lets
// the node promise more than it has. replicas is nil when unknown; then there is no total.
func CostOf(before, after *int64, limitBefore, limitAfter *int64, replicas *int32, p Price) Cost {
	if !finite(p.PerGiBMonth) || p.PerGiBMonth < 0 {
		p = DefaultPrice
	}
	c := Cost{Replicas: replicas, Currency: "USD", PerGiBMonth: p.PerGiBMonth, PriceFrom: p.From}
	if after == nil && limitAfter == nil {
		return c
	}
	var from, to int64
	if before = above(before); before != nil {
		from = *before
	}
	to = from
	if after = above(after); after != nil {
		to = *after
	}
	delta := (float64(to) - float64(from)) / float64(data.Gi)
	perPod := delta * p.PerGiBMonth
	c.PerPodMonthly = &perPod
	c.Steps = append(c.Steps,
		data.Textf("request %s → %s = %+.3g GiB", humanInt(before), human(float64(to)), delta),
		data.Textf("%+.3g GiB × $%.2f per GiB-month = %s a pod a month", delta, p.PerGiBMonth, dollars(perPod)))
	if replicas != nil {
		total := perPod * float64(*replicas)
		c.TotalMonthly = &total
		c.Steps = append(c.Steps, data.Textf("%s × %s = %s a month", dollars(perPod), replicasText(*replicas), dollars(total)))
	}
	c.Steps = append(c.Steps, data.Textf("price: $%.2f a GiB for a month of %d hours (%s)", p.PerGiBMonth, hoursPerMonth, p.From))
	if line := limitCost(above(limitBefore), above(limitAfter)); line != "" {
		c.Steps = append(c.Steps, line)
	}
	c.NetZero = netZero(from, to, replicas)
	return c
}

// limitCost says what a higher limit costs.
func limitCost(before, after *int64) data.Text {
	if after == nil || (before != nil && *before == *after) {
		return ""
	}
	return data.Textf("limit %s → %s costs $0 itself: memory is billed by request, but the node may promise more than it has",
		humanInt(before), humanInt(after))
}

// netZero returns the number of replicas at which all requests together are no more than before.
func netZero(from, to int64, replicas *int32) data.Text {
	if replicas == nil || *replicas < 2 || from <= 0 || to <= from {
		return ""
	}
	n := float64(*replicas)
	fewer := math.Floor(n * float64(from) / float64(to))
	if fewer < 1 || fewer >= n || fewer < n*leastReplicaShare {
		return ""
	}
	return data.Textf("%s instead of %d", replicasText(int32(fewer)), *replicas)
}

// replicasText returns "1 replica" or "5 replicas".
func replicasText(n int32) string { return count(int(n), "replica") }

// count returns "1 kill", "3 kills" or "2 lives".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	if base, ok := strings.CutSuffix(what, "try"); ok && what == "try" {
		return fmt.Sprintf("%d %stries", n, base)
	}
	if base, ok := strings.CutSuffix(what, "sh"); ok {
		return fmt.Sprintf("%d %sshes", n, base)
	}
	if base, ok := strings.CutSuffix(what, "life"); ok {
		return fmt.Sprintf("%d %slives", n, base)
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// dollars returns an amount with its sign: "$0.77", "-$1.50".
func dollars(v float64) string {
	if v < 0 {
		return fmt.Sprintf("-$%.2f", -v)
	}
	return fmt.Sprintf("$%.2f", v)
}
