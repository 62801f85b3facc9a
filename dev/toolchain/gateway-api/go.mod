// The schemas of the Gateway API, which tests install in an API server to judge the chart's routes.
// Nothing is built from it.
module promoter/toolchain/gateway-api

go 1.26

require sigs.k8s.io/gateway-api v1.6.0
