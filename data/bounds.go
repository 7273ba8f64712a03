package data

// Bounds are what a namespace and its nodes allow a container's memory to be. Nil is unknown or unbounded.
type Bounds struct {
	// LeastLimit and MostLimit are the smallest and largest memory limit of a container that LimitRanges allow, in bytes.
	LeastLimit, MostLimit *int64
	// MostRatio is the largest limit over request that LimitRanges allow.
	MostRatio *float64
	// QuotaLimits and QuotaRequests are what ResourceQuotas have left, in bytes, for all replicas together.
	QuotaLimits, QuotaRequests *int64
	// Node is what the pod's node gives to pods, in bytes.
	Node *int64
	// LimitFrom, QuotaFrom and NodeFrom are the kubectl commands that show them.
	LimitFrom, QuotaFrom, NodeFrom Text
}
