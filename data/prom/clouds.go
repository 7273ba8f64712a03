package prom

import (
	"context"
	"net/http"
	"os"

	"github.com/prometheus/prometheus/storage/remote/azuread"
	"github.com/prometheus/prometheus/storage/remote/googleiam"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
)

// The libraries of Prometheus sign in to clouds in order to write samples. Reading wants other rights: Azure's query
// endpoints take tokens for an audience of their own, and Google's API a scope of its own.
const (
	azureQueryScope           = "https://prometheus.monitor.azure.com/.default"
	azureQueryScopeChina      = "https://prometheus.monitor.azure.cn/.default"
	azureQueryScopeGovernment = "https://prometheus.monitor.azure.us/.default"
	googleQueryScope          = "https://www.googleapis.com/auth/monitoring.read"
)

// azureTransport signs requests with tokens of Azure AD for queries, unless the settings name a scope.
func azureTransport(c azuread.AzureADConfig, next http.RoundTripper) (http.RoundTripper, error) {
	if c.Scope == "" {
		switch c.Cloud {
		case azuread.AzureChina:
			c.Scope = azureQueryScopeChina
		case azuread.AzureGovernment:
			c.Scope = azureQueryScopeGovernment
		default:
			c.Scope = azureQueryScope
		}
	}
	return azuread.NewAzureADRoundTripper(&c, next)
}

// googleTransport signs requests with tokens of Google that may read metrics: those of a service account's file, or the
// default credentials of this computer. Tokens are asked for through next as well.
func googleTransport(c googleiam.Config, next http.RoundTripper) (http.RoundTripper, error) {
	ctx := context.WithValue(context.Background(), oauth2.HTTPClient, &http.Client{Transport: next, Timeout: defaultTimeout})
	find := func() (*google.Credentials, error) { return google.FindDefaultCredentials(ctx, googleQueryScope) }
	if c.CredentialsFile != "" {
		text, err := os.ReadFile(c.CredentialsFile)
		if err != nil {
			return nil, err
		}
		find = func() (*google.Credentials, error) {
			return google.CredentialsFromJSONWithType(ctx, text, google.ServiceAccount, googleQueryScope)
		}
	}
	found, err := find()
	if err != nil {
		return nil, err
	}
	return &oauth2.Transport{Base: next, Source: found.TokenSource}, nil
}
