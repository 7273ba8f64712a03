package kube

// ReadOnlyTransport is the transport of a client that may not write.
var ReadOnlyTransport = readOnlyTransport
