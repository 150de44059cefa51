"""Manifests for the gateway under test, as JSON documents in YAML files."""
import json

API = "gateway.networking.k8s.io/v1"
NAMESPACE = "bench"


def gateway(address, listeners):
    """listeners: name -> (protocol, port)."""
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
        {"apiVersion": API, "kind": "GatewayClass", "metadata": {"name": "nodeagent"},
         "spec": {"controllerName": "nodeagent.dev/gateway-controller"}},
        named("Gateway", "bench", {
            "gatewayClassName": "nodeagent",
            "addresses": [{"type": "IPAddress", "value": address}],
            "listeners": [{"name": name, "protocol": protocol, "port": port} for name, (protocol, port) in listeners.items()],
        }),
    ]


def service(name, address, port):
    """A Service with one endpoint."""
    return [
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": NAMESPACE},
         "spec": {"ports": [{"name": "main", "port": port, "protocol": "TCP"}]}},
        {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
         "metadata": {"name": f"{name}-1", "namespace": NAMESPACE, "labels": {"kubernetes.io/service-name": name}},
         "addressType": "IPv4", "ports": [{"name": "main", "port": port, "protocol": "TCP"}],
         "endpoints": [{"addresses": [address], "conditions": {"ready": True}}]},
    ]


def tcp_route(name, listener, backend, port):
    return named("TCPRoute", name, {
        "parentRefs": [{"name": "bench", "sectionName": listener}],
        "rules": [{"backendRefs": [{"name": backend, "port": port}]}],
    })


def http_route(name, hostname, backend, port):
    return named("HTTPRoute", name, {
        "parentRefs": [{"name": "bench"}],
        "hostnames": [hostname],
        "rules": [{"matches": [{"path": {"type": "PathPrefix", "value": "/"}}], "backendRefs": [{"name": backend, "port": port}]}],
    })


def named(kind, name, spec):
    return {"apiVersion": API, "kind": kind, "metadata": {"name": name, "namespace": NAMESPACE}, "spec": spec}


def documents(objects):
    return "".join(f"---\n{json.dumps(o)}\n" for o in objects)
